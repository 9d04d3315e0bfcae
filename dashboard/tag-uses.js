/** What tags named over time. */

import { list } from "./api.js";
import { shownTime } from "./time-travel.js";

/** Read what the tags of a repository named, or one of them, newest first, as of the time that is shown. */
export async function tagUses(registry, repository, tag, signal) {
  const query = new URLSearchParams({ registry, repository, ...(tag ? { tag } : {}) });
  const { items, complete } = await list(`/api/tags?${query}`, signal);
  return { items: shownTime() ? items.filter(begun).map(asThen) : items, complete };
}

/** Return the images that a tag named right before a use of it, of those that are still there. */
export function before(use, uses) {
  const same = (one) => one.repository === use.repository && one.tag === use.tag && one.digest !== use.digest;
  return uses.filter((one) => same(one) && !one.deleted && [use.digest, use.index].includes(one.movedTo ?? undefined));
}

function begun({ since }) {
  return Date.parse(since) <= Date.parse(shownTime());
}

/** The API tells tags as they are known now: what came later is left out, and what is only known of now as well. */
function asThen(use) {
  const ended = use.until && Date.parse(use.until) <= Date.parse(shownTime());
  const end = ended ? { until: use.until, movedTo: use.movedTo } : { until: null, movedTo: null };
  return { ...use, ...end, deleted: false, health: null, lastPulled: null, advice: "" };
}
