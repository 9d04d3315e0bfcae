/** The biography of a tag: every image that it named. */

import { healthBadge } from "./badges.js";
import { crumbs } from "./crumbs.js";
import { element } from "./elements.js";
import { counted, digestText, when, whenAgo } from "./format.js";
import { comparisons, untilText } from "./image-tags.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";
import { tagUses } from "./tag-uses.js";

export const tag = {
  title: ({ parts: [, repository = "", name = ""] }) => `${repository}:${name}`,

  load: ({ parts: [registry = "", repository = "", name = ""] }, signal) => tagUses(registry, repository, name, signal),

  render({ items, complete }, screen) {
    const [registry, repository, name] = screen.route.parts;
    const way = crumbs({ registry, repository }, `${repository}:${name}`);
    if (!items.length) return [way, element("p", { class: "notice" }, "This tag never named an image that is known.")];
    const keyOf = (use) => `${use.digest} ${use.since}`;
    return [
      way,
      element("p", { class: "summary" }, `${counted(items.length, "image")}, newest first`),
      longTable({ caption: "Images that it named", columns: columns(items), items, keyOf }, screen),
      complete ? null : element("p", { class: "notice" }, "Only the newest are listed."),
    ];
  },
};

function columns(uses) {
  return [
    { head: "Image", cell: image, rowHeader: true, kind: "version" },
    { head: "Health", cell: health, kind: "health" },
    { head: "Since", cell: ({ since }) => when(since), kind: "time" },
    { head: "Until", cell: untilText, kind: "time" },
    { head: "Last pulled", cell: ({ lastPulled }) => whenAgo(lastPulled), kind: "time" },
    { head: "What to do", cell: ({ advice }) => advice || "–", kind: "advice" },
    { head: "Named before", cell: (use) => comparisons(use, uses), kind: "version" },
  ];
}

function image(use) {
  const via = use.index ? element("span", { class: "minor" }, "through the index ", digestText(use.index)) : null;
  return [element("a", { href: imageAddress(use) }, digestText(use.digest)), via];
}

function health(use) {
  if (use.deleted) return "deleted";
  return use.health ? healthBadge(use) : "–";
}
