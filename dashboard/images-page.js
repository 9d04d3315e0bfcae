/** The first page: every image, with its health. */

import { ApiFailure, get, list } from "./api.js";
import { HEALTHS, healthBadge, healthWord, severityBars } from "./badges.js";
import { element } from "./elements.js";
import { counted, digestText, imageName, whenAgo } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";
import { totals } from "./totals.js";
import { howToPush } from "./welcome.js";

const SHOWN_TAGS = 4;

export const images = {
  title: () => "Images",

  async load(route, signal) {
    const [listed, bill, status] = await Promise.all([
      list("/api/images", signal),
      orNothing(get("/api/billing", signal)),
      orNothing(get("/api/status", signal)),
    ]);
    return { images: listed.items, complete: listed.complete, bill, status };
  },

  render(content, screen) {
    const { query } = screen.route;
    const top = totals(content, query.get("health"));
    if (!content.images.length) return [top, howToPush()];
    const chosen = content.images.filter(choice(query));
    const summary = `${counted(chosen.length, "image")} of ${counted(content.images.length, "image")}`;
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

function choice(query) {
  const [health, repository, search] = ["health", "repository", "search"].map((name) => query.get(name));
  const words = (search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (image) => {
    if (health && image.health !== health) return false;
    if (repository && !image.repositories.includes(repository)) return false;
    const text = searchable(image);
    return words.every((word) => text.includes(word));
  };
}

function searchable({ registry, repositories, tags, digest, platform, os, reason }) {
  return [registry, ...repositories, ...tags, digest, platform, os?.name, os?.version, reason].join(" ").toLowerCase();
}

function scanningNow(all) {
  const count = all.filter((image) => image.scanning).length;
  return count ? `, ${counted(count, "scan")} under way` : "";
}

function filters(all, query, screen) {
  const repositories = [...new Set(all.flatMap((image) => image.repositories))].sort();
  return element(
    "div",
    { class: "filters", role: "search", "aria-label": "Images" },
    picker("health", "Health", HEALTHS.map((health) => [health, healthWord(health)]), query, screen),
    picker("repository", "Repository", repositories.map((name) => [name, name]), query, screen),
    element("label", { for: "search" }, "Search"),
    element("input", {
      id: "search",
      type: "search",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "name, tag, digest, reason",
      value: query.get("search") ?? "",
      oninput: (event) => screen.choose("search", event.target.value.trim()),
    }),
  );
}

function picker(name, label, choices, query, screen) {
  const chosen = query.get(name) ?? "";
  const options = [["", "all"], ...choices].map(([value, text]) =>
    element("option", { value, selected: value === chosen }, text),
  );
  const onchange = (event) => screen.choose(name, event.target.value);
  return [
    element("label", { for: name }, label),
    element("select", { id: name, autocomplete: "off", onchange }, options),
  ];
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
    { head: "Open findings", cell: (image) => severityBars(image.severities, most) },
    { head: "Platform", cell: platform },
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

function platform({ platform: name, os }) {
  return [name || "–", os ? element("span", { class: "minor" }, `${os.name} ${os.version}`) : null];
}
