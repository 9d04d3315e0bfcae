/** The first page: every image, with its health. */

import { ApiFailure, get, list } from "./api.js";
import { healthBadge, severityBars } from "./badges.js";
import { element } from "./elements.js";
import { choice, filters } from "./filters.js";
import { counted, digestText, imageName, number, whenAgo } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";
import { shownTime } from "./time-travel.js";
import { totals } from "./totals.js";
import { howToPush } from "./welcome.js";

const SHOWN_TAGS = 4;
// Nothing found is no good news where not everything was looked at.
const NONE = { "not-assessed": "none known" };

export const images = {
  title: () => "Images",

  async load(route, signal) {
    const [listed, bill, status] = await Promise.all([
      list("/api/images", signal),
      orNothing(get(`/api/billing${shownTime() ? `?month=${shownTime().slice(0, 7)}` : ""}`, signal)),
      orNothing(get("/api/status", signal)),
    ]);
    return { images: listed.items, complete: listed.complete, bill, status };
  },

  render(content, screen) {
    const { query } = screen.route;
    const top = totals(content, query.get("health"));
    if (!content.images.length) return [top, shownTime() ? noneThen() : howToPush()];
    const chosen = content.images.filter(choice(query));
    const summary = summarized(chosen.length, content.images.length);
    screen.announce(`${summary}${scanningNow(content.images)}`);
    return [
      top,
      filters(content.images, query, screen),
      element("p", { class: "summary" }, summary),
      chosen.length ? found(chosen, content, screen) : nothing(),
    ];
  },
};

/** The totals are worth less than the list: where only they cannot be had, the page says so and shows the list. */
async function orNothing(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiFailure && error.status !== 401) return null;
    throw error;
  }
}

function summarized(chosen, all) {
  return chosen === all ? counted(all, "image") : `${number(chosen)} of ${counted(all, "image")}`;
}

function scanningNow(all) {
  const count = all.filter((image) => image.scanning).length;
  return count ? `, ${counted(count, "scan")} under way` : "";
}

function noneThen() {
  return element("p", { class: "notice" }, "No image was known then.");
}

function nothing() {
  return element("p", { class: "notice" }, "No image is like that. ", element("a", { href: "#/" }, "Show all"));
}

function found(chosen, { images: all, complete }, screen) {
  const most = all.reduce((highest, image) => Math.max(highest, ...Object.values(image.severities)), 0);
  return [
    longTable({ caption: "Images", columns: columns(most), items: chosen, keyOf: imageAddress }, screen),
    complete ? null : element("p", { class: "notice" }, `Only the worst ${counted(all.length, "image")} are listed.`),
  ];
}

function columns(most) {
  return [
    { head: "Health", cell: healthBadge, kind: "health" },
    { head: "Image", cell: name, rowHeader: true, kind: "name" },
    { head: "Open findings", cell: (image) => findings(image, most) },
    { head: "Platform", cell: platform, kind: "platform" },
    { head: "Reason", cell: (image) => element("span", { class: "clamp" }, image.reason), kind: "reason" },
    { head: "Last scan", cell: (image) => whenAgo(image.lastScan?.time), kind: "time" },
  ];
}

function name(image) {
  return [
    element("a", { href: imageAddress(image) }, imageName(image)),
    otherTags(image.tags.slice(1)),
    element("span", { class: "minor" }, image.registry, " · ", digestText(image.digest), otherRepositories(image)),
  ];
}

function otherTags(tags) {
  if (!tags.length) return null;
  const left = tags.length - SHOWN_TAGS;
  const shown = [...tags.slice(0, SHOWN_TAGS), ...(left > 0 ? [`${left} more`] : [])];
  return element("ul", { class: "tags", "aria-label": "Other tags" }, shown.map((tag) => element("li", {}, tag)));
}

function otherRepositories({ repository, repositories }) {
  const others = repositories.filter((one) => one !== repository);
  return others.length ? ` · also in ${others.join(", ")}` : null;
}

function findings({ severities, lastScan, health }, most) {
  if (!lastScan || health === "unsupported") return "–";
  return Object.values(severities).some(Boolean) ? severityBars(severities, most) : NONE[health] ?? "none";
}

function platform({ platform: name, os }) {
  return [name || "–", os ? element("span", { class: "minor" }, `${os.name} ${os.version}`) : null];
}
