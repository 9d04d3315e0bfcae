/** Since when each finding of one image has been known, fixable and in use: folded, and read once it is opened. */

import { imagePath, list } from "./api.js";
import { severityBadge } from "./badges.js";
import { element } from "./elements.js";
import { counted, number, when } from "./format.js";
import { SlowReader } from "./slow-reader.js";
import { longTable } from "./table.js";

const ID = "clocks";
const TITLE = "Since when findings are known";
const COLUMNS = [
  { head: "Severity", cell: ({ severity }) => severityBadge(severity) },
  { head: "Finding", cell: finding, rowHeader: true, kind: "name" },
  { head: "First known", cell: firstKnown, kind: "time" },
  { head: "Fixable since", cell: ({ fixAvailable }) => when(fixAvailable), kind: "time" },
  { head: "First pulled", cell: ({ firstPulled }) => when(firstPulled), kind: "time" },
  { head: "Ended", cell: ended, kind: "time" },
];
const HOW = new Map([
  ["deleted", "image deleted"],
  ["replaced", "replaced by another image"],
  ["no-longer-reported", "no longer reported"],
]);

const reader = new SlowReader();

/** Show the clocks of an image; what `now` is shown beside them tells when to read them again. */
export function clocksSection(about, now, screen) {
  const changed = () => screen.redraw();
  // Whether it is open is the reader's choice, and known to the element alone.
  const open = document.getElementById(ID)?.open ?? false;
  const ask = (signal) => list(imagePath(about, "/exposure"), signal);
  const { registry, digest } = about;
  const told = open ? reader.read({ scope: [registry, digest], now: JSON.stringify(now), ask }, changed) : undefined;
  const summary = element("summary", {}, "First known, fixable, first pulled and ended");
  const folded = element("details", { id: ID, ontoggle: changed }, summary, open ? clocks(told, screen) : null);
  return element("section", { "data-key": ID }, element("h2", {}, TITLE), folded);
}

function clocks(told, screen) {
  if (told === undefined) return element("p", { class: "loading" }, "Reading the clocks of findings…");
  if (told === null) return notice("The clocks of findings cannot be had now.");
  const { items, complete, about } = told;
  const { untold } = about.image;
  const keyOf = ({ id, firstKnown: since }) => `${id} ${since}`;
  return [
    items.length
      ? longTable({ caption: TITLE, columns: COLUMNS, items, keyOf }, screen)
      : notice("No finding of this image was ever told of; its health says whether that means anything."),
    complete ? null : notice(`Only the first ${number(items.length)} are listed.`),
    untold ? notice(`Of ${counted(untold, "more finding")} nobody knows since when: there was no room.`) : null,
  ];
}

function finding({ flaw, package: name, version, disabledBy }) {
  const rule = disabledBy ? element("span", { class: "minor" }, "disabled by a rule") : null;
  return [flaw, element("span", { class: "minor" }, `${name} ${version}`), rule];
}

function firstKnown({ firstKnown: since, precise }) {
  return precise ? when(since) : [when(since), element("span", { class: "minor" }, "or before")];
}

function ended({ ended: at, how }) {
  return at ? [when(at), element("span", { class: "minor" }, HOW.get(how) ?? how)] : "open";
}

function notice(text) {
  return element("p", { class: "notice" }, text);
}
