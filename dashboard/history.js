/** The events of one image, and what each changed of its health. */

import { healthWord } from "./badges.js";
import { element } from "./elements.js";
import { counted, number, utc } from "./format.js";
import { longTable } from "./table.js";

const COLUMNS = [
  { head: "Version", cell: (event) => event.version, kind: "count" },
  { head: "Event", cell: (event) => event.type, rowHeader: true, kind: "name" },
  { head: "Time", cell: (event) => element("time", { datetime: event.time }, utc(event.time, true)), kind: "time" },
  { head: "Actor", cell: (event) => event.actor, kind: "actor" },
  { head: "Cause", cell: (event) => element("code", {}, event.cause), kind: "version" },
  { head: "Content", cell: content, kind: "advice" },
];

/** Show the history of an image, newest first. */
export function historySection({ items, complete }, screen) {
  const keyOf = (event) => `${event.stream} ${event.version} ${event.type}`;
  return element(
    "section",
    {},
    element("h2", {}, "History"),
    longTable({ caption: "History", columns: COLUMNS, items, keyOf }, screen),
    complete ? null : element("p", { class: "notice" }, `Only the newest ${number(items.length)} are listed.`),
  );
}

function content({ data, health }) {
  const shown = health ? { ...data, health } : data;
  return [
    health ? element("p", {}, change(health)) : null,
    element(
      "details",
      {},
      element("summary", {}, outline(data)),
      element("pre", {}, element("code", {}, JSON.stringify(shown, null, 2))),
    ),
  ];
}

function change({ from, to, because, findingCount }) {
  const health = from === to ? word(to) : `${word(from)} → ${word(to)}`;
  const findings = findingCount ? `, ${counted(findingCount, "finding")} changed` : "";
  return `${health}${findings}: ${because.map(({ what }) => what).join("; ")}`;
}

function word(health) {
  return health ? healthWord(health) : "gone";
}

// The fields that say what happened, in the order in which one would tell it.
const TELLING = ["trigger", "outcome", "repository", "tag", "movedTo", "reason", "message"];

function outline(data) {
  return TELLING.map((name) => data[name]).filter(Boolean).join(" · ") || "details";
}
