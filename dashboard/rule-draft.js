/** What is typed into the form of a rule, as texts, and the rule that they mean. */

import { packageText } from "./criteria.js";

const BLANKS = /[\s,;]+/;
const LINES = /\n/;
// Names without blanks may be listed in any way; patterns and releases have commas and blanks of their own.
const LISTS = {
  cves: BLANKS,
  findingIds: BLANKS,
  purls: BLANKS,
  digests: BLANKS,
  repositories: BLANKS,
  tags: LINES,
  osReleases: LINES,
};
const SCOPE = ["registry", "repository", "digest"];
const CHOICES = ["packages", "severityBelow", "cvssBelow", "category", "text", "notExploited", "epssBelow"];
const SINGLE = [...CHOICES, "reason", "author", "expires"];
const TEXTS = [...SCOPE, ...Object.keys(LISTS), ...SINGLE];

/** Begin a rule from a query, such as that of a link at a finding. */
export function draftFrom(query) {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, query.get(name) ?? ""]));
  return { ...texts, fixStatuses: query.getAll("fixStatuses") };
}

/** Begin the change of a rule. */
export function draftOf({ scope, criteria, reason, author, expires }) {
  return {
    ...Object.fromEntries(SCOPE.map((name) => [name, scope[name] ?? ""])),
    ...Object.fromEntries(Object.keys(LISTS).map((name) => [name, criteria[name].join("\n")])),
    packages: criteria.packages.map(packageText).join("\n"),
    severityBelow: criteria.severityBelow ?? "",
    cvssBelow: criteria.cvssBelow === null ? "" : String(criteria.cvssBelow),
    category: criteria.category ?? "",
    text: criteria.text,
    notExploited: criteria.notExploited ? "true" : "",
    epssBelow: criteria.epssBelow === null ? "" : String(criteria.epssBelow),
    fixStatuses: [...criteria.fixStatuses],
    reason,
    author,
    expires: expires ? new Date(expires).toISOString().slice(0, 19) : "",
  };
}

/** Write a draft as the API takes it. */
export function bodyOf(draft) {
  return {
    scope: Object.fromEntries(SCOPE.map((name) => [name, draft[name].trim() || null])),
    criteria: criteriaOf(draft),
    reason: draft.reason.trim(),
    author: draft.author.trim() || null,
    expires: draft.expires ? new Date(`${draft.expires}Z`).toISOString() : null,
  };
}

/** Say whether no criterion is given; such a rule would hide everything. */
export function isEmpty({ criteria }) {
  return Object.values(criteria).every((value) => !value || value.length === 0);
}

function criteriaOf(draft) {
  const lists = Object.entries(LISTS).map(([name, separator]) => [name, listed(draft[name], separator)]);
  return {
    ...Object.fromEntries(lists),
    packages: listed(draft.packages, LINES).map(packageOf),
    severityBelow: draft.severityBelow || null,
    cvssBelow: draft.cvssBelow ? Number(draft.cvssBelow) : null,
    category: draft.category || null,
    text: draft.text.trim(),
    notExploited: draft.notExploited === "true",
    epssBelow: draft.epssBelow ? Number(draft.epssBelow) : null,
    fixStatuses: draft.fixStatuses,
  };
}

function listed(text, separator) {
  return text.split(separator).map((one) => one.trim()).filter(Boolean);
}

function packageOf(line) {
  const [name, ...version] = line.split(/\s+/);
  return { name, version: version.join(" ") || null };
}
