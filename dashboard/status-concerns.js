/** What of the service's status somebody should look into. */

import { ago, counted } from "./format.js";

const LONG_BEHIND = 300; // seconds
const OLD_CHECK = 86_400_000; // milliseconds; feeds are asked every four hours

/** Say in sentences what needs attention, the most serious first; none where all is as it should be. */
export function concerns({ advisories, queues, projections, notices, deadLetters }) {
  return [
    ...ofFeeds(advisories.feeds),
    deadLetters.count ? `${counted(deadLetters.count, "dead letter")}: what came and could not be worked on` : "",
    ...Object.entries(queues)
      .filter(([name, depth]) => name.endsWith("-poison") && depth)
      .map(([name, depth]) => `${counted(depth, "message")} in the queue ${name}`),
    ...ofProjections(projections),
    notices.failedAt ? `notices cannot be sent: ${notices.error}` : "",
  ].filter(Boolean);
}

function ofFeeds(feeds) {
  if (!feeds.length) return ["no advisory feed was read yet: no image can be healthy"];
  return feeds.map((feed) => {
    const name = feed.ecosystem || feed.base;
    if (feed.failure) return `the feed ${name} failed: ${feed.failure}`;
    const old = Date.now() - Date.parse(feed.checkedAt) > OLD_CHECK;
    return old ? `the feed ${name} was last asked ${ago(feed.checkedAt)}` : "";
  });
}

function ofProjections({ lag, sweep }) {
  const seconds = lag?.oldestHintSeconds ?? 0;
  return [
    seconds > LONG_BEHIND ? `what is shown is behind the log: a hint waits for ${counted(seconds, "second")}` : "",
    sweep?.last?.failed ? `${counted(sweep.last.failed, "stream")} could not be swept` : "",
  ];
}
