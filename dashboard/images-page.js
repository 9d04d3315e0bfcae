/** The first page: every image, with its health. */

import { get, list, orNull } from "./api.js";
import { element } from "./elements.js";
import { choice, filters } from "./filters.js";
import { counted, number } from "./format.js";
import { imageTable } from "./image-table.js";
import { progressNotice, progressOf } from "./progress.js";
import { shownTime } from "./time-travel.js";
import { totals } from "./totals.js";
import { howToPush } from "./welcome.js";

export const images = {
  title: () => "Images",

  async load(route, signal) {
    const [listed, bill, status] = await Promise.all([
      list("/api/images", signal),
      orNull(get(`/api/billing${shownTime() ? `?month=${shownTime().slice(0, 7)}` : ""}`, signal)),
      orNull(get("/api/status", signal)),
    ]);
    return { images: listed.items, complete: listed.complete, bill, status };
  },

  render(content, screen) {
    const { query } = screen.route;
    const top = totals(content, query);
    if (!content.images.length) return [top, shownTime() ? noneThen() : howToPush()];
    const chosen = content.images.filter(choice(query));
    const summary = summarized(chosen.length, content.images.length);
    const progress = progressOf(content.images, content.status);
    screen.announce(`${summary}${progress ? `, ${progress}` : ""}`);
    return [
      top,
      progressNotice(progress),
      filters(content.images, query, screen),
      element("p", { class: "summary" }, summary),
      chosen.length ? found(chosen, content, screen) : nothing(),
    ];
  },
};

function summarized(chosen, all) {
  return chosen === all ? counted(all, "image") : `${number(chosen)} of ${counted(all, "image")}`;
}

function noneThen() {
  return element("p", { class: "notice" }, "No image was known then.");
}

function nothing() {
  return element("p", { class: "notice" }, "No image is like that. ", element("a", { href: "#/" }, "Show all"));
}

function found(chosen, { images: all, complete }, screen) {
  return [
    imageTable(chosen, screen, all),
    complete ? null : element("p", { class: "notice" }, `Only the worst ${counted(all.length, "image")} are listed.`),
  ];
}
