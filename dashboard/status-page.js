/** How the service itself is: advisories, queues, projections, notices, dead letters, versions. */

import { get, list, orNull } from "./api.js";
import { element, icon, titled as section } from "./elements.js";
import { facts } from "./facts.js";
import { counted, number, when } from "./format.js";
import { concerns, registryConcerns } from "./status-concerns.js";
import { advisoriesSection, signalsSection } from "./status-feeds.js";
import { planSection } from "./status-plan.js";
import { registriesSection } from "./status-registries.js";
import { longTable, table } from "./table.js";
import { shownTime } from "./time-travel.js";

const LETTERS = [
  { head: "Where", cell: (letter) => letter.source, rowHeader: true },
  { head: "What", cell: (letter) => element("code", {}, letter.id), kind: "version" },
  { head: "Error", cell: (letter) => letter.error, kind: "advice" },
  { head: "When", cell: (letter) => when(letter.at), kind: "time" },
];
const QUEUES = [
  { head: "Queue", cell: ([name]) => element("code", {}, name), rowHeader: true },
  { head: "Waiting", cell: ([, depth]) => number(depth), kind: "count" },
];

const NOT_PAST =
  "The status is known of now only; this is not the past. The registries and the plan are shown as they were then.";

export const status = {
  title: () => "Status",

  async load(route, signal) {
    const [service, registries, plan] = await Promise.all([
      get("/api/status", signal),
      orNull(list("/api/registries", signal)),
      orNull(get("/api/plan", signal)),
    ]);
    return { ...service, registries, shownPlan: plan };
  },

  render(content, screen) {
    const { registries, shownPlan } = content;
    // Of the past it is the registries then that are known: what needs attention does so now.
    const found = [...concerns(content), ...(shownTime() ? [] : registryConcerns(registries))];
    screen.announce(verdictText(found));
    return [
      shownTime() ? element("p", { class: "notice" }, NOT_PAST) : null,
      verdict(found),
      registriesSection(registries, screen),
      advisoriesSection(content.advisories, screen),
      signalsSection(content.signals, screen),
      beside(queues(content.queues), projections(content.projections), notices(content.notices)),
      planSection(shownPlan, screen),
      deadLetters(content.deadLetters, screen),
      section("Versions", element("div", { class: "card" }, facts(Object.entries(content.versions).map(versionFact)))),
    ];
  },
};

function beside(...sections) {
  return element("div", { class: "columns" }, sections);
}

function versionFact([name, version]) {
  return [name, element("code", {}, version)];
}

function verdictText(found) {
  return found.length ? `${counted(found.length, "thing needs", "things need")} attention` : "Nothing needs attention";
}

function verdict(found) {
  const bad = found.length > 0;
  return element(
    "section",
    { class: `card state ${bad ? "warns" : "fine"}`, "aria-label": "In short" },
    element("p", { class: "verdict" }, icon(bad ? "warning" : "healthy"), element("strong", {}, verdictText(found))),
    bad ? element("ul", { class: "plain" }, found.map((text) => element("li", {}, text))) : null,
  );
}

function queues(depths) {
  const items = Object.entries(depths);
  if (!items.length) return section("Queues", element("p", {}, "There are none."));
  const list = table({ caption: "Queues", columns: QUEUES, items, keyOf: ([name]) => name });
  const note = element("p", { class: "minor" }, "Reminders that wait for their time are counted too.");
  return section("Queues", list, note);
}

function projections({ live, building, kept, lag, sweep }) {
  const more = lag?.complete === false ? " or more" : "";
  const behind = lag && `${counted(lag.streams, "stream")}, ${counted(lag.events, "event")}${more}`;
  return section(
    "Projections",
    element(
      "div",
      { class: "card" },
      facts([
        ["Generation", live],
        ["Being built", building ? `${building.number}: ${counted(building.replayed, "stream")} replayed` : "none"],
        ["Kept to go back to", kept.join(", ") || "none"],
        ["Behind the log", behind],
        ["Oldest hint", lag ? oldestHint(lag.oldestHintSeconds) : null],
        ["Last sweep", lastSweep(sweep?.last)],
      ]),
    ),
  );
}

function lastSweep(last) {
  return last ? [when(last.endedAt), `: ${number(last.repaired)} repaired`] : "none yet";
}

function oldestHint(seconds) {
  return seconds === null || seconds === undefined ? "none waits" : counted(seconds, "second");
}

function notices({ enabled, pending, sentAt, failedAt, error }) {
  const told = enabled
    ? [
        ["Waiting in the outbox", number(pending)],
        ["Last sent", sentAt ? when(sentAt) : "never"],
        ["Last failure", failedAt ? [when(failedAt), `: ${error}`] : "none"],
      ]
    : [["Topic", "none is set: nobody is told of anything"]];
  return section("Notices", element("div", { class: "card" }, facts(told)));
}

function deadLetters({ count, newest }, screen) {
  const title = `Dead letters (${number(count)})`;
  if (!count) return section(title, element("p", {}, "None: everything that came could be worked on."));
  const keyOf = (letter) => `${letter.source} ${letter.id}`;
  return section(
    title,
    longTable({ caption: "Dead letters", columns: LETTERS, items: newest, keyOf }, screen),
    newest.length < count ? element("p", {}, `These are the newest ${number(newest.length)}.`) : null,
  );
}
