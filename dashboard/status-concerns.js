/** What of the service's status somebody should look into. */

import { counted, number, utc } from "./format.js";

const LONG_BEHIND = 300; // seconds
const WATCHED = ["enabled", "failed"];
const NAMED = 5;
const OLD_CHECK = 86_400_000; // milliseconds; feeds are asked every four hours

/** Say in sentences what needs attention, the most serious first; none where all is as it should be. */
export function concerns({ plan, advisories, signals, queues, projections, notices, deadLetters }) {
  return [
    plan.enabled ? "" : `the plan is off since ${utc(plan.since)}: nothing is scanned`,
    advisories.feeds.length ? "" : "no advisory feed was read yet: no image can be healthy",
    ...ofFeeds("advisory feed", advisories.feeds),
    ...ofFeeds("exploit feed", signals.feeds ?? []),
    deadLetters.count ? `${counted(deadLetters.count, "dead letter")}: what came and could not be worked on` : "",
    ...Object.entries(queues)
      .filter(([name, depth]) => name.endsWith("-poison") && depth)
      .map(([name, depth]) => `${counted(depth, "message")} in the queue ${name}`),
    ...ofProjections(projections),
    notices.failedAt ? `notices cannot be sent: ${notices.error}` : "",
  ].filter(Boolean);
}

/** Say what of the registries needs attention; `listed` is null where nobody can tell. */
export function registryConcerns(listed) {
  if (listed === null) return ["which registries are watched cannot be told"];
  const watched = listed.items.filter(({ state }) => WATCHED.includes(state));
  const failed = watched.filter(({ state }) => state === "failed");
  const unread = watched.filter(({ accessFailure }) => accessFailure);
  const inPart = watched.filter(({ lastReconciliation: last }) => last?.failed);
  return [
    watched.length ? "" : "no registry is watched: nothing is scanned",
    failed.length ? `${registries(failed)} failed: ${loginServers(failed)}` : "",
    unread.length ? `${registries(unread)} with images that could not be read: ${loginServers(unread)}` : "",
    inPart.length ? `${registries(inPart)} not wholly reconciled: ${loginServers(inPart)}` : "",
  ].filter(Boolean);
}

function registries(some) {
  return counted(some.length, "registry", "registries");
}

function loginServers(some) {
  const first = some.slice(0, NAMED).map(({ loginServer }) => loginServer);
  const more = some.length - first.length;
  return `${first.join(", ")}${more ? ` and ${number(more)} more` : ""}`;
}

function ofFeeds(kind, feeds) {
  const failed = feeds.filter(({ failure }) => failure);
  const old = feeds.filter(({ checkedAt }) => !(Date.now() - Date.parse(checkedAt) <= OLD_CHECK));
  const share = (some) => `${number(some.length)} of ${counted(feeds.length, kind)}`;
  return [
    failed.length ? `${share(failed)} failed: ${named(failed)}` : "",
    old.length ? `${share(old)} not asked for a day: ${named(old)}` : "",
  ];
}

function named(feeds) {
  return feeds.map(({ ecosystem, base, name }) => name || ecosystem || base).join(", ");
}

function ofProjections({ lag, sweep }) {
  const seconds = lag?.oldestHintSeconds ?? 0;
  return [
    seconds > LONG_BEHIND ? `what is shown is behind the log: a hint waits for ${counted(seconds, "second")}` : "",
    sweep?.last?.failed ? `${counted(sweep.last.failed, "stream")} could not be swept` : "",
  ];
}
