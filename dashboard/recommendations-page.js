/** What to upgrade, over all unhealthy images. */

import { list } from "./api.js";
import { severityBadge } from "./badges.js";
import { element } from "./elements.js";
import { counted, imageName, number } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";
import { packageName, versions } from "./upgrades.js";

const COLUMNS = [
  { head: "Severity", cell: (one) => severityBadge(one.severity) },
  { head: "Package", cell: packageName, rowHeader: true, kind: "name" },
  { head: "Closes", cell: (one) => number(one.findings), kind: "count" },
  { head: "Fixed in", cell: (one) => versions(one.fixedVersions), kind: "version" },
  { head: "What to do", cell: (one) => one.remediation, kind: "advice" },
  { head: "Images", cell: affected, kind: "advice" },
];

export const recommendations = {
  title: () => "Recommendations",

  load: (route, signal) => list("/api/recommendations", signal),

  render({ items }, screen) {
    if (!items.length) return [element("p", { class: "notice" }, "There is nothing to do: no image is unhealthy.")];
    const keyOf = (one) => `${one.ecosystem} ${one.package}`;
    return [
      element("p", { class: "summary" }, `${counted(items.length, "package")} to upgrade, worst first`),
      longTable({ caption: "Recommendations", columns: COLUMNS, items, keyOf }, screen),
    ];
  },
};

function affected({ images }) {
  return element(
    "details",
    {},
    element("summary", {}, counted(images.length, "image")),
    element("ul", { class: "plain" }, images.map(affectedImage)),
  );
}

function affectedImage(image) {
  const details = [image.registry, `installed ${image.installed}`, counted(image.findings, "finding")];
  return element(
    "li",
    {},
    element("a", { href: imageAddress(image) }, imageName(image)),
    element("span", { class: "minor" }, details.join(" · ")),
  );
}
