/** The rules that disable findings. */

import { list } from "./api.js";
import { criteriaText, scopeText } from "./criteria.js";
import { element } from "./elements.js";
import { counted, when } from "./format.js";
import { ruleAddress } from "./route.js";
import { longTable } from "./table.js";
import { shownTime } from "./time-travel.js";

const COLUMNS = [
  { head: "State", cell: ({ state }) => element("span", { class: `badge ${state}` }, state) },
  { head: "Rule", cell: name, rowHeader: true, kind: "version" },
  { head: "Criteria", cell: (rule) => criteriaText(rule.criteria), kind: "advice" },
  { head: "Scope", cell: (rule) => scopeText(rule.scope), kind: "advice" },
  { head: "Reason", cell: (rule) => rule.reason, kind: "advice" },
  { head: "Author", cell: (rule) => rule.author, kind: "actor" },
  { head: "Created", cell: (rule) => when(rule.created), kind: "time" },
  { head: "Expires", cell: (rule) => (rule.expires ? when(rule.expires) : "never"), kind: "time" },
];

export const rules = {
  title: () => "Rules",

  load: (route, signal) => list("/api/rules", signal),

  render({ items }, screen) {
    const make = shownTime() ? null : element("a", { class: "button primary", href: "#/rules/new" }, "New rule");
    if (!items.length) return [make, element("p", { class: "notice" }, "No finding is disabled by a rule.")];
    return [
      make,
      element("p", { class: "summary" }, counted(items.length, "rule")),
      longTable({ caption: "Rules", columns: COLUMNS, items, keyOf: (rule) => rule.id }, screen),
    ];
  },
};

function name({ id }) {
  return element("a", { href: ruleAddress(id) }, element("code", {}, id));
}
