/** What of the service's status somebody should look into. */

import { counted, number } from "./format.js";

const LONG_BEHIND = 300; // seconds
const OLD_CHECK = 86_400_000; // milliseconds; feeds are asked every four hours

/** Say in sentences what needs attention, the most serious first; none where all is as it should be. */
export function concerns({ advisories, signals, queues, projections, notices, deadLetters }) {
  return [
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
