/** How a rule was made, changed and taken back. */

import { criteriaText, scopeText } from "./criteria.js";
import { element } from "./elements.js";
import { utc } from "./format.js";
import { longTable } from "./table.js";

const COLUMNS = [
  { head: "Time", cell: (entry) => element("time", { datetime: entry.time }, utc(entry.time, true)), kind: "time" },
  { head: "What", cell: what, rowHeader: true, kind: "name" },
  { head: "By", cell: ({ actor }) => actor, kind: "actor" },
  { head: "Reason", cell: ({ data }) => data.reason || "–", kind: "advice" },
  { head: "Rule", cell: content, kind: "advice" },
];
// An event holds only the criteria that were given.
const NONE = { severityBelow: null, cvssBelow: null, epssBelow: null, category: null, text: "" };
const NO_LISTS = { cves: [], findingIds: [], packages: [], purls: [], fixStatuses: [], digests: [], repositories: [], tags: [], osReleases: [] };

/** Show the history of a rule, newest first. */
export function ruleHistory(items, screen) {
  const keyOf = ({ version, type }) => `${version} ${type}`;
  return element(
    "section",
    {},
    element("h2", {}, "History"),
    longTable({ caption: "History", columns: COLUMNS, items, keyOf }, screen),
  );
}

function what({ type, data }) {
  if (type === "finding-enabled") return "taken back";
  return (data.revision ?? 1) > 1 ? `changed (revision ${data.revision})` : "made";
}

function content({ data }) {
  if (!data.criteria) return "–";
  const expires = data.expires ? `, until ${utc(data.expires)}` : "";
  return `${criteriaText({ ...NONE, ...NO_LISTS, ...data.criteria })} in ${scopeText(data.scope)}${expires}`;
}
