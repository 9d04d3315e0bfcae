/** What to do about one image. */

import { severityBadge } from "./badges.js";
import { element } from "./elements.js";
import { imageName, number, shortDigest } from "./format.js";
import { table } from "./table.js";

const COLUMNS = [
  { head: "Package", cell: packageName, rowHeader: true, kind: "name" },
  { head: "Worst", cell: (upgrade) => severityBadge(upgrade.worst) },
  { head: "Closes", cell: (upgrade) => number(upgrade.findings), kind: "count" },
  { head: "Installed", cell: (upgrade) => element("code", {}, upgrade.installed), kind: "version" },
  { head: "Fixed in", cell: (upgrade) => versions(upgrade.fixedVersions), kind: "version" },
  { head: "What to do", cell: (upgrade) => upgrade.remediation, kind: "advice" },
];

/** Show the upgrades that close the findings of an image; nothing where there are none. */
export function upgradesSection(upgrades) {
  if (!upgrades.length) return null;
  const keyOf = (upgrade) => [upgrade.ecosystem, upgrade.package, upgrade.installed].join(" ");
  return element(
    "section",
    {},
    element("h2", {}, "What to do"),
    table({ caption: "What to do", columns: COLUMNS, items: upgrades, keyOf }),
  );
}

/** Show the package to upgrade, and under it its ecosystem. */
export function packageName(upgrade) {
  return [upgrade.package, element("span", { class: "minor" }, upgrade.ecosystem)];
}

/** Show versions that fix something, each as code. */
export function versions(fixed) {
  if (!fixed.length) return "no fix yet";
  return element("ul", { class: "plain" }, fixed.map((version) => element("li", {}, element("code", {}, version))));
}

/** Name a base image as far as it is known, and which layers it is. */
export function baseName(base) {
  const lowest = base.layers ? (base.layers === 1 ? "layer 1" : `layers 1-${base.layers}`) : "layers not known";
  const shared = `shared with ${base.repository}`;
  const known = base.kind === "image" ? imageName(base) : base.statedName || shortDigest(base.statedDigest) || shared;
  return [known, element("span", { class: "minor" }, base.deleted ? `${lowest}, deleted` : lowest)];
}
