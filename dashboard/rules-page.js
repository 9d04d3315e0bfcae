/** The rules that disable findings. */

import { list } from "./api.js";
import { element } from "./elements.js";
import { counted, shortDigest, when } from "./format.js";
import { longTable } from "./table.js";

const COLUMNS = [
  { head: "State", cell: ({ state }) => element("span", { class: `badge ${state}` }, state) },
  { head: "Rule", cell: (rule) => element("code", {}, rule.id), rowHeader: true, kind: "version" },
  { head: "Criteria", cell: (rule) => criteria(rule.criteria), kind: "advice" },
  { head: "Scope", cell: (rule) => scope(rule.scope), kind: "advice" },
  { head: "Reason", cell: (rule) => rule.reason, kind: "advice" },
  { head: "Author", cell: (rule) => rule.author, kind: "actor" },
  { head: "Created", cell: (rule) => when(rule.created), kind: "time" },
  { head: "Expires", cell: (rule) => (rule.expires ? when(rule.expires) : "never"), kind: "time" },
];

export const rules = {
  title: () => "Rules",

  load: (route, signal) => list("/api/rules", signal),

  render({ items }, screen) {
    if (!items.length) return [element("p", { class: "notice" }, "No finding is disabled by a rule.")];
    return [
      element("p", { class: "summary" }, counted(items.length, "rule")),
      longTable({ caption: "Rules", columns: COLUMNS, items, keyOf: (rule) => rule.id }, screen),
    ];
  },
};

function criteria({ cves, findingIds, severityBelow }) {
  const parts = [
    cves.length ? cves.join(", ") : null,
    findingIds.length ? `findings ${findingIds.join(", ")}` : null,
    severityBelow ? `severity below ${severityBelow}` : null,
  ];
  return parts.filter(Boolean).join("; ");
}

function scope({ registry, repository, digest }) {
  return [registry, repository, digest ? shortDigest(digest) : null].filter(Boolean).join(" / ") || "everywhere";
}
