/** How far back what is told over time reaches: the choice, and the questions that follow from it. */

import { element } from "./elements.js";
import { shownTime } from "./time-travel.js";

const DAY = 86_400_000; // milliseconds
// Days, and how many points they are told by: whole days, or whole parts of them, between any two.
const RANGES = new Map([
  ["7", { text: "7 days", days: 7, count: 29 }],
  ["30", { text: "30 days", days: 30, count: 31 }],
  ["90", { text: "90 days", days: 90, count: 46 }],
  ["364", { text: "52 weeks", days: 364, count: 53 }],
]);
const USUAL = "30";

/** Return the range that is chosen in the address: `{text, days, count}`. */
export function chosenRange({ query }) {
  return RANGES.get(query.get("range")) ?? RANGES.get(USUAL);
}

/** Make the field that chooses a range. */
export function rangePicker(screen) {
  const range = chosenRange(screen.route);
  const options = [...RANGES].map(([value, one]) => element("option", { value, selected: one === range }, one.text));
  const onchange = ({ target }) => screen.choose("range", target.value === USUAL ? "" : target.value);
  const select = element("select", { id: "range", autocomplete: "off", onchange }, options);
  return element("div", { class: "field" }, element("label", { for: "range" }, "The last"), select);
}

/** Write what is asked of a registry or repository, or of everything, over the last days before what is shown. */
export function inRange({ registry, repository }, days) {
  const until = shownTime() ? { to: shownTime() } : {};
  const from = new Date(Date.parse(shownTime() ?? new Date()) - days * DAY).toISOString();
  const part = Object.entries({ registry, repository }).filter(([, value]) => value);
  return new URLSearchParams({ ...Object.fromEntries(part), from, ...until });
}
