/**
 * Reading trends beside the page: they may take long to work out, and nothing else waits for them.
 *
 * What was read stays for a while, or until what is shown now differs from what was shown then. An answer that took
 * long is asked for less often: for about a tenth of the time.
 */

import { ApiFailure, get } from "./api.js";
import { shownTime } from "./time-travel.js";

const DAY = 86_400_000; // milliseconds
const FRESH = 60_000;
const REST = 10;

export class TrendReader {
  #scope = null;
  #now = null;
  #reading = null;
  #points;
  #restUntil = 0;
  #freshUntil = 0;

  /**
   * Return the points of a registry or repository, or of everything, oldest first: undefined while they are read for
   * the first time, null where they cannot be had. `now` is what is shown beside them; `onRead` is called when there
   * are other points to return.
   */
  points({ registry, repository }, { days, count }, now, onRead) {
    const scope = JSON.stringify([registry, repository, days, shownTime()]);
    if (scope !== this.#scope) this.#begin(scope);
    const wanted = now === this.#now ? Date.now() >= this.#freshUntil : Date.now() >= this.#restUntil;
    if (!this.#reading && wanted) {
      this.#now = now;
      this.#read(question(registry, repository, days, count), onRead);
    }
    return this.#points;
  }

  #begin(scope) {
    this.#reading?.abort();
    this.#reading = null;
    this.#scope = scope;
    this.#points = undefined;
    this.#restUntil = this.#freshUntil = 0;
  }

  async #read(path, onRead) {
    const aborting = (this.#reading = new AbortController());
    const began = Date.now();
    const points = await answered(path, aborting.signal);
    // Meanwhile something else may have been asked for.
    if (this.#reading !== aborting) return;
    this.#reading = null;
    this.#points = points;
    this.#restUntil = Date.now() + (Date.now() - began) * REST;
    this.#freshUntil = Math.max(this.#restUntil, Date.now() + FRESH);
    onRead();
  }
}

function question(registry, repository, days, count) {
  const until = shownTime() ? { to: shownTime() } : {};
  const from = new Date(Date.parse(shownTime() ?? new Date()) - days * DAY).toISOString();
  const part = Object.entries({ registry, repository }).filter(([, value]) => value);
  return `/api/trends?${new URLSearchParams({ ...Object.fromEntries(part), from, ...until, points: count })}`;
}

async function answered(path, signal) {
  try {
    return (await get(path, signal)).value;
  } catch (error) {
    if (error instanceof ApiFailure || signal.aborted) return null;
    throw error;
  }
}
