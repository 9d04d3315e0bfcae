/** What to do about all unhealthy images: packages to upgrade, bases to rebuild on, and what has no fix. */

import { list } from "./api.js";
import { exploitedFindingsBadge, severityBadge } from "./badges.js";
import { element } from "./elements.js";
import { counted, imageName, number, shortDigest, when } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";
import { baseName, packageName, versions } from "./upgrades.js";

const SEVERITY = { head: "Severity", cell: (one) => [severityBadge(one.severity), exploitedFindingsBadge(one)] };
const FINDINGS = { head: "Findings", cell: (one) => number(one.findings), kind: "count" };
const ADVICE = { head: "What to do", cell: advice, kind: "advice" };
const IMAGES = { head: "Images", cell: affected, kind: "advice" };
const PACKAGE = { head: "Package", cell: packageName, rowHeader: true, kind: "name" };
const FIXED = { head: "Fixed in", cell: (one) => versions(one.fixedVersions), kind: "version" };
const BASE = { head: "Base image", cell: ({ base }) => baseName(base), rowHeader: true, kind: "name" };

const GROUPS = [
  { kind: "upgrade", caption: "Upgrades", columns: [SEVERITY, PACKAGE, FINDINGS, FIXED, ADVICE, IMAGES] },
  { kind: "base-image", caption: "Base images", columns: [SEVERITY, BASE, FINDINGS, ADVICE, IMAGES] },
  { kind: "no-fix", caption: "No fix yet", columns: [SEVERITY, PACKAGE, FINDINGS, ADVICE, IMAGES] },
];
const FILTERS = [
  ["registry", "Registry"],
  ["repository", "Repository"],
];

export const recommendations = {
  title: () => "Recommendations",

  load({ query }, signal) {
    const set = FILTERS.map(([name]) => [name, query.get(name)]).filter(([, value]) => value);
    const wanted = new URLSearchParams(set).toString();
    return list(`/api/recommendations${wanted ? `?${wanted}` : ""}`, signal);
  },

  render({ items, complete, about: { leftOut } }, screen) {
    const filters = [filterFields(screen), leftOut ? element("p", { class: "notice" }, passedOver(leftOut)) : null];
    if (!items.length) return [filters, leftOut ? null : element("p", { class: "notice" }, nothing(screen))];
    return [
      filters,
      element("p", { class: "summary" }, `${counted(items.length, "recommendation")}, the worst and most exploited first`),
      ...GROUPS.map((group) => section(group, items, screen)),
      complete ? null : element("p", { class: "notice" }, "Only the first are listed."),
      parentText(items[0].parent),
    ];
  },
};

function section({ kind, caption, columns }, all, screen) {
  const items = all.filter((one) => one.kind === kind);
  if (!items.length) return null;
  const table = longTable({ caption, columns, items, keyOf: (one) => one.id }, screen);
  return element("section", {}, element("h2", {}, caption), table);
}

function passedOver({ images, registries, reason }) {
  return `Left out, as ${reason}: ${counted(images, "unhealthy image")} of ${registries.join(", ")}.`;
}

function nothing({ route: { query } }) {
  if (FILTERS.some(([name]) => query.get(name))) return "There is nothing to do here: no such image is unhealthy.";
  return "There is nothing to do: no image is unhealthy.";
}

function filterFields(screen) {
  return element(
    "div",
    { class: "filters", role: "search", "aria-label": "Recommendations" },
    FILTERS.map(([name, label]) => {
      const onchange = (event) => {
        screen.choose(name, event.target.value.trim());
        screen.refresh();
      };
      const value = screen.route.query.get(name) ?? "";
      const input = element("input", { id: name, value, placeholder: "all", autocomplete: "off", spellcheck: "false", onchange });
      return element("div", { class: "field" }, element("label", { for: name }, label), input);
    }),
  );
}

function advice({ title, remediation }) {
  return [title, element("span", { class: "minor" }, remediation)];
}

function affected({ images, imageCount }) {
  const more = imageCount > images.length ? element("p", {}, `The worst ${number(images.length)} are listed.`) : null;
  return element(
    "details",
    {},
    element("summary", {}, counted(imageCount, "image")),
    element("ul", { class: "plain" }, images.map(affectedImage)),
    more,
  );
}

function affectedImage(image) {
  const tags = image.tags.length > 1 ? [`tags ${image.tags.join(", ")}`] : [];
  const installed = image.installed ? [`installed ${shortDigest(image.installed)}`] : [];
  const pulled = image.lastPulled ? ["pulled ", when(image.lastPulled)] : ["never seen pulled"];
  const details = [image.registry, ...tags, ...installed, counted(image.findings, "finding")];
  return element(
    "li",
    {},
    element("a", { href: imageAddress(image) }, imageName(image)),
    element("span", { class: "minor" }, `${details.join(" · ")} · `, pulled),
  );
}

function parentText({ name, description, remediation }) {
  const text = [element("p", {}, description), element("p", {}, remediation)];
  return element("details", { class: "parent" }, element("summary", {}, name), text);
}
