/** What a rule is about, as one reads it. */

import { shortDigest } from "./format.js";

/** The words for whether and how a flaw is fixed. */
export const FIX_STATUSES = [
  ["fixed", "a fix exists"],
  ["not-fixed", "not fixed yet"],
  ["will-not-fix", "will not be fixed"],
  ["unknown", "not known"],
];

/** The words for the kinds of packages. */
export const CATEGORIES = [
  ["os", "of the distribution"],
  ["language", "of a language"],
];

/** Write criteria as text: `CVE-2026-1; severity below medium`. */
export function criteriaText(criteria) {
  return [...onFindings(criteria), ...onImages(criteria)].filter(Boolean).join("; ");
}

/** Write where a rule holds. */
export function scopeText({ registry, repository, digest }) {
  return [registry, repository, digest ? shortDigest(digest) : null].filter(Boolean).join(" / ") || "everywhere";
}

/** Write a package criterion: its name, and its version if one is asked for. */
export function packageText({ name, version }) {
  return version ? `${name} ${version}` : name;
}

function onFindings({ cves, findingIds, packages, purls, severityBelow, cvssBelow, category, text, fixStatuses, notExploited, epssBelow }) {
  return [
    cves.join(", "),
    named("findings", findingIds),
    named("packages", packages.map(packageText)),
    named("package URLs", purls),
    severityBelow && `severity below ${severityBelow}`,
    cvssBelow === null ? null : `CVSS below ${cvssBelow}`,
    category && `packages ${word(CATEGORIES, category)}`,
    notExploited && "not known to be exploited",
    epssBelow === null ? null : `EPSS score below ${epssBelow}`,
    text && `text “${text}”`,
    named("fix:", fixStatuses.map((status) => word(FIX_STATUSES, status))),
  ];
}

function onImages({ digests, repositories, tags, osReleases }) {
  return [
    named("images", digests.map(shortDigest)),
    named("repositories", repositories),
    named("tags", tags),
    named("on", osReleases),
  ];
}

function named(what, names) {
  return names.length ? `${what} ${names.join(", ")}` : null;
}

function word(words, value) {
  return words.find(([known]) => known === value)?.[1] ?? value;
}
