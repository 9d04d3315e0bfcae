/** The findings of one image. */

import { exploitedBadge, severityBadge } from "./badges.js";
import { element, isWebAddress, outsideLink, unseen } from "./elements.js";
import { facts } from "./facts.js";
import { counted, digestText, number, utc } from "./format.js";
import { address, ruleAddress } from "./route.js";
import { longTable } from "./table.js";
import { shownTime } from "./time-travel.js";

const COLUMNS = [
  { head: "Severity", cell: severity },
  { head: "Flaw", cell: flaw, rowHeader: true, kind: "name" },
  { head: "Package", cell: packageName, kind: "name" },
  { head: "Installed", cell: (finding) => element("code", {}, finding.package.version), kind: "version" },
  { head: "Fixed in", cell: fixedIn, kind: "version" },
  { head: "What to do", cell: (finding) => finding.remediation, kind: "advice" },
  { head: "Where", cell: where, kind: "path" },
];
const DISABLED_BY = { head: "Disabled by rule", cell: rule, kind: "version" };

/** Show open findings, and the disabled ones folded away with their number. */
export function findingsSection(image, { items, complete }, screen) {
  const open = items.filter((finding) => !finding.disabledBy);
  const disabled = items.filter((finding) => finding.disabledBy);
  return element(
    "section",
    {},
    element("h2", {}, `Findings (${number(open.length)}${complete ? "" : "+"})`),
    open.length ? findingsTable("Open findings", openColumns(image), open, screen) : element("p", {}, nothingFound(image)),
    disabled.length ? folded(disabled, screen) : null,
    complete ? null : element("p", { class: "notice" }, `Only the worst ${number(items.length)} are listed.`),
  );
}

/** Show findings of a comparison, with the rule that disables each, if any. */
export function comparedTable(caption, items, screen) {
  const columns = items.some(({ disabledBy }) => disabledBy) ? [...COLUMNS, DISABLED_BY] : COLUMNS;
  return findingsTable(caption, columns, items, screen);
}

/** Findings of the past can no longer be disabled. */
function openColumns(image) {
  if (shownTime()) return COLUMNS;
  return [...COLUMNS, { head: "Rule", cell: (finding) => disable(finding, image) }];
}

function nothingFound({ lastScan, health }) {
  if (!lastScan) return "No scan has finished yet.";
  if (health === "unsupported") return "This image is not supported, so nothing was looked for.";
  return "There are no open findings.";
}

function folded(disabled, screen) {
  return element(
    "details",
    { class: "disabled" },
    element("summary", {}, counted(disabled.length, "disabled finding")),
    findingsTable("Disabled findings", [...COLUMNS, DISABLED_BY], disabled, screen),
  );
}

function findingsTable(caption, columns, items, screen) {
  return longTable({ caption, columns, items, keyOf: (finding) => finding.id }, screen);
}

function severity(finding) {
  const undetermined = finding.undetermined ? element("span", { class: "minor" }, "undetermined") : null;
  return [severityBadge(finding.severity), exploitedBadge(finding.exploit), undetermined];
}

function packageName({ package: { name, ecosystem } }) {
  return [name, element("span", { class: "minor" }, ecosystem)];
}

function fixedIn({ fixedVersion }) {
  return fixedVersion ? element("code", {}, fixedVersion) : "no fix yet";
}

function rule({ disabledBy }) {
  if (!disabledBy) return "–";
  return element("a", { href: ruleAddress(disabledBy) }, disabledBy);
}

/** A link to the form of a rule about this flaw in this package, in the repository of the image. */
function disable({ cve, advisory, package: { name: packageName } }, { registry, repository }) {
  const query = new URLSearchParams({ cves: cve ?? advisory, packages: packageName, registry, repository });
  const about = unseen(` ${cve ?? advisory} in ${packageName}`);
  return element("a", { class: "button", href: address("rules/new", query) }, "Disable…", about);
}

function flaw(finding) {
  const name = finding.cve ?? finding.advisory;
  return [
    outsideLink(bestReference(finding, name), name),
    finding.title ? element("span", { class: "minor clamp" }, finding.title) : null,
    element("details", {}, element("summary", {}, "More"), more(finding)),
  ];
}

/** Choose the reference that is about the flaw itself, else the first one that leads anywhere. */
function bestReference({ references, advisory }, name) {
  const web = references.filter(isWebAddress);
  return web.find((one) => one.includes(name)) ?? web.find((one) => one.includes(advisory)) ?? web[0] ?? "";
}

function more(finding) {
  return facts([
    ["Advisory", finding.advisory],
    ["Aliases", finding.aliases.join(", ")],
    ["CVSS", finding.cvss],
    ["Exploited since", finding.exploit.kev?.added],
    ["EPSS", finding.exploit.epss],
    ["Published", finding.published ? utc(finding.published).slice(0, 10) : null],
    ["Ratings", listed(finding.ratings.map(rating))],
    ["Fix", finding.fixStatus],
    ["Undetermined", finding.undetermined],
    ["Purl", element("code", {}, finding.package.purl)],
    ["Source package", [finding.package.source, finding.package.sourceVersion].filter(Boolean).join(" ")],
    ["References", listed(finding.references.map((one) => outsideLink(one)))],
    ["Finding", element("code", {}, finding.id)],
  ]);
}

function rating({ source, severity: word, score, vector }) {
  return [`${source}: ${word}`, score === null ? "" : ` ${score}`, vector ? ` (${vector})` : ""].join("");
}

function listed(items) {
  return items.length ? element("ul", { class: "plain" }, items.map((item) => element("li", {}, item))) : null;
}

function where({ package: { path, layer } }) {
  return [
    element("span", { class: "clamp", title: path }, path || "–"),
    element("span", { class: "minor" }, "layer ", digestText(layer)),
  ];
}
