/** The table of images. */

import { healthBadge, severityBars } from "./badges.js";
import { element } from "./elements.js";
import { digestText, imageName, whenAgo } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";

const SHOWN_TAGS = 4;
// Nothing found is no good news where not everything was looked at.
const NONE = { "not-assessed": "none known" };

/** Show images; `all` are those whose findings the bars are compared with. */
export function imageTable(items, screen, all = items) {
  const most = all.reduce((highest, image) => Math.max(highest, ...Object.values(image.severities)), 0);
  return longTable({ caption: "Images", columns: columns(most), items, keyOf: imageAddress }, screen);
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
