/** The feeds that findings are made of: advisories, and signals of what is exploited. */

import { element, icon, titled } from "./elements.js";
import { facts } from "./facts.js";
import { counted, number, when, whenAgo } from "./format.js";
import { longTable } from "./table.js";

const SHOWN = 16; // characters of a name that is a hash
const ADVISORIES = [
  { head: "Feed", cell: feedName, rowHeader: true, kind: "name" },
  { head: "Advisories", cell: (feed) => number(feed.records), kind: "count" },
  { head: "Checked", cell: (feed) => whenAgo(feed.checkedAt), kind: "time" },
  { head: "Newest of them", cell: (feed) => whenAgo(feed.newestModified), kind: "time" },
  { head: "Last came as", cell: (feed) => feed.refreshed || "–" },
  { head: "State", cell: feedState, kind: "reason" },
];
const SIGNALS = [
  { head: "Feed", cell: signalName, rowHeader: true, kind: "name" },
  { head: "Entries", cell: (feed) => number(feed.entries), kind: "count" },
  { head: "Checked", cell: (feed) => whenAgo(feed.checkedAt), kind: "time" },
  { head: "Edition", cell: (feed) => feed.edition || "–" },
  { head: "State", cell: feedState, kind: "reason" },
];

/** Show the snapshot of the advisories, and each feed that it is made of. */
export function advisoriesSection(advisories, screen) {
  const known = facts([
    ["Snapshot", advisories.snapshot ? snapshot(advisories.snapshot) : "none yet"],
    ["In force since", advisories.publishedAt ? when(advisories.publishedAt) : null],
    ["Advisories", number(advisories.records ?? 0)],
  ]);
  const keyOf = (feed) => `${feed.ecosystem} ${feed.base}`;
  const list = advisories.feeds.length
    ? longTable({ caption: "Advisory feeds", columns: ADVISORIES, items: advisories.feeds, keyOf }, screen)
    : element("p", {}, "No feed was read yet: every image is not assessed until one is.");
  return titled("Advisories", element("div", { class: "card" }, known), element("div", { class: "gap" }, list));
}

/** Show the feeds that say what is exploited; nothing where none was ever read. */
export function signalsSection(signals, screen) {
  if (!signals.feeds?.length) return null;
  const keyOf = (feed) => feed.name;
  return titled(
    "Exploit signals",
    longTable({ caption: "Exploit signals", columns: SIGNALS, items: signals.feeds, keyOf }, screen),
  );
}

function signalName({ name, source }) {
  return [name, element("span", { class: "minor" }, source)];
}

function snapshot(name) {
  return element("code", { title: name }, name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
}

function feedName({ ecosystem, base }) {
  return [ecosystem || "all of", element("span", { class: "minor" }, base)];
}

function feedState({ failure, unreadable }) {
  if (failure) return [element("span", { class: "badge unhealthy" }, icon("warning"), "failed"), " ", failure];
  const read = element("span", { class: "badge healthy" }, icon("healthy"), "read");
  if (!unreadable) return read;
  return [read, element("span", { class: "minor" }, `${counted(unreadable, "record")} could not be read`)];
}
