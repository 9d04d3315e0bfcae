/** Health and severity, each by a word and a shape besides its colour. */

import { bar, element, icon, unseen } from "./elements.js";
import { number } from "./format.js";

/** Every health, worst first. */
export const HEALTHS = ["unhealthy", "not-assessed", "unsupported", "healthy"];

/** Every severity, worst first, with its short label. */
export const SEVERITIES = [
  ["critical", "C"],
  ["high", "H"],
  ["medium", "M"],
  ["low", "L"],
  ["unknown", "?"],
  ["negligible", "N"],
];

/** Write a health as words. */
export function healthWord(health) {
  return health === "not-assessed" ? "not assessed" : health;
}

/** Show the health of an image, and that a scan is under way. */
export function healthBadge({ health, scanning }) {
  const known = HEALTHS.includes(health) ? health : "not-assessed";
  const badge = element("span", { class: `badge ${known}` }, icon(known), healthWord(health));
  return scanning ? [badge, " ", element("span", { class: "scanning" }, "scanning…")] : badge;
}

/** Show a severity as a word in a coloured frame. */
export function severityBadge(severity) {
  return element("span", { class: `severity ${severityClass(severity)}` }, severity);
}

/** Show that a flaw is exploited, since when, and by ransomware if that is known; nothing where it is not known to be. */
export function exploitedBadge({ kev }) {
  if (!kev) return null;
  const title = `Known to be exploited since ${kev.added}${kev.ransomware ? ", by ransomware too" : ""}`;
  return element("span", { class: "exploited", title }, "exploited");
}

/** Show how many findings are known to be exploited, with the highest EPSS score of all; nothing where none is. */
export function exploitedFindingsBadge({ exploited, epss }) {
  if (!exploited) return null;
  const likeliest = epss === null ? "" : `; the highest EPSS score is ${epss}`;
  return element("span", { class: "exploited", title: `${number(exploited)} known to be exploited${likeliest}` }, `${number(exploited)} exploited`);
}

/**
 * Show how many findings of each severity there are, as small bars.
 *
 * The bars grow with the logarithm of the count, so that one critical finding is seen beside a thousand low ones.
 * `most` is the count that fills a bar.
 */
export function severityBars(severities, most) {
  const cells = SEVERITIES.map(([severity, label]) => {
    const count = severities[severity] ?? 0;
    return element(
      "li",
      { class: `${severity} ${count ? "" : "none"}`, title: `${number(count)} ${severity}` },
      element("span", { class: "label", "aria-hidden": "true" }, label),
      element("span", { class: "count" }, number(count)),
      unseen(` ${severity}`),
      bar(most ? Math.log1p(count) / Math.log1p(most) : 0),
    );
  });
  return element("ul", { class: "severities", "aria-label": "Open findings" }, cells);
}

/** Write the severity counts as text: `1 critical, 12 low`. */
export function severityText(severities) {
  const found = SEVERITIES.filter(([severity]) => severities[severity]);
  return found.map(([severity]) => `${number(severities[severity])} ${severity}`).join(", ") || "none";
}

function severityClass(severity) {
  return SEVERITIES.some(([known]) => known === severity) ? severity : "unknown";
}
