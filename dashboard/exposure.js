/** How long findings are, or have been, open: in a few sentences, and by severity. */

import { get } from "./api.js";
import { SEVERITIES, severityBadge } from "./badges.js";
import { element, titled } from "./elements.js";
import { counted, daysText, number, percent, utc } from "./format.js";
import { chosenRange, inRange } from "./ranges.js";
import { SlowReader } from "./slow-reader.js";
import { table } from "./table.js";

const TITLE = "How long findings are open";

const reader = new SlowReader();

/** Show the exposure of a part of all images, which now look like `now`; nothing where there never was a finding. */
export function exposureSection(part, now, screen) {
  const { days, text } = chosenRange(screen.route);
  const ask = (signal) => get(`/api/exposure?${inRange(part, days)}`, signal);
  const about = { scope: ["exposure", part.registry, part.repository, days], now: JSON.stringify(now), ask };
  const told = reader.read(about, () => screen.redraw());
  if (told === undefined) return titled(TITLE, element("p", { class: "loading" }, "Reading the clocks of findings…"));
  if (told === null) return titled(TITLE, notice("How long findings are open cannot be had now."));
  if (!anything(told)) return null;
  return titled(TITLE, element("div", { class: "card exposure" }, sentences(told, text), doubts(told), folded(told)));
}

function anything({ total, untold }) {
  return total.remediated || total.open || total.noLongerReported || untold;
}

function sentences({ total, oldest, untold }, range) {
  // What has no clock is open too.
  const none = untold ? "None with a clock is open." : "None is open as far as is known.";
  return [
    element("p", {}, ended(total, range)),
    element("p", {}, total.open ? open(total, oldest[0]) : none),
  ];
}

function ended({ remediated, medianDays, withinTargetShare: share, noLongerReported }, range) {
  const gone = noLongerReported ? ` ${number(noLongerReported)} ended without: reported no longer.` : "";
  if (!remediated) return `No finding was remediated in the last ${range}.${gone}`;
  const within = share === null ? "none of them has a target" : `${percent(share)} within target`;
  return [
    `${counted(remediated, "finding was", "findings were")} remediated in the last ${range}, `,
    element("strong", {}, `half of them within ${daysText(medianDays)}`),
    `; ${within}.${gone}`,
  ];
}

function open({ open: count, pastTarget, disabled }, oldest) {
  const rules = disabled ? ` (${number(disabled)} disabled by rules)` : "";
  const earlier = oldest?.precise === false ? " or before" : "";
  const since = oldest ? `, the oldest since ${utc(oldest.firstKnown)}${earlier}` : "";
  return [
    `${counted(count, "is", "are")} open${rules}${since}; `,
    element("strong", {}, pastTarget ? `${number(pastTarget)} past target` : "none past target"),
    ".",
  ];
}

/** What the figures cannot say anything of. */
function doubts({ untold, unanswered: { notAssessed, unsupported } }) {
  const unknown = [
    notAssessed ? `${counted(notAssessed, "image")} not assessed` : "",
    unsupported ? `${number(unsupported)} unsupported` : "",
  ].filter(Boolean);
  return [
    unknown.length ? notice(`There may be more findings: ${unknown.join(", ")}.`) : null,
    untold ? notice(`${counted(untold, "finding has", "findings have")} no clock and no part in these figures.`) : null,
  ];
}

function folded({ severities, targetDays }) {
  const items = SEVERITIES.map(([severity]) => ({ severity, ...severities[severity], target: targetDays[severity] }));
  const columns = [
    { head: "Severity", cell: ({ severity }) => severityBadge(severity), rowHeader: true },
    { head: "Remediated", cell: ({ remediated }) => number(remediated), kind: "count" },
    { head: "Median", cell: ({ medianDays }) => daysOrDash(medianDays), kind: "count" },
    { head: "Mean", cell: ({ meanDays }) => daysOrDash(meanDays), kind: "count" },
    { head: "Target", cell: ({ target }) => daysOrDash(target), kind: "count" },
    { head: "Within target", cell: withinTarget, kind: "count" },
    { head: "Open", cell: ({ open: count }) => number(count), kind: "count" },
    { head: "Past target", cell: ({ pastTarget, target }) => (target ? number(pastTarget) : "–"), kind: "count" },
  ];
  const shown = table({ caption: "Exposure by severity", columns, items, keyOf: ({ severity }) => severity });
  return element("details", {}, element("summary", {}, "By severity"), shown);
}

function withinTarget({ withinTargetShare: share }) {
  return share === null ? "–" : percent(share);
}

function daysOrDash(days) {
  return days === null || days === undefined ? "–" : daysText(days);
}

function notice(text) {
  return element("p", { class: "notice" }, text);
}
