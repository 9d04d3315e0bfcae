/**
 * Reading beside the page what may take long to work out: nothing else waits for it.
 *
 * What was read stays for a while, or until what is shown now differs from what was shown then. An answer that took
 * long is asked for less often: for about a tenth of the time.
 */

import { ApiFailure } from "./api.js";
import { shownTime } from "./time-travel.js";

const FRESH = 60_000; // milliseconds
const REST = 10;

export class SlowReader {
  #scope = null;
  #now = null;
  #reading = null;
  #answer;
  #restUntil = 0;
  #freshUntil = 0;

  /**
   * Return the answer about a scope: undefined while it is read for the first time, null where it cannot be had.
   *
   * `scope` names what is asked, `now` is what is shown beside it, `ask(signal)` asks; `onRead` is called when there is
   * another answer to return.
   */
  read({ scope, now, ask }, onRead) {
    const whole = JSON.stringify([scope, shownTime()]);
    if (whole !== this.#scope) this.#begin(whole);
    const wanted = now === this.#now ? Date.now() >= this.#freshUntil : Date.now() >= this.#restUntil;
    if (!this.#reading && wanted) {
      this.#now = now;
      this.#read(ask, onRead);
    }
    return this.#answer;
  }

  #begin(scope) {
    this.#reading?.abort();
    this.#reading = null;
    this.#scope = scope;
    this.#answer = undefined;
    this.#restUntil = this.#freshUntil = 0;
  }

  async #read(ask, onRead) {
    const aborting = (this.#reading = new AbortController());
    const began = Date.now();
    const answer = await answered(ask, aborting.signal);
    // Meanwhile something else may have been asked for.
    if (this.#reading !== aborting) return;
    this.#reading = null;
    this.#answer = answer;
    this.#restUntil = Date.now() + (Date.now() - began) * REST;
    this.#freshUntil = Math.max(this.#restUntil, Date.now() + FRESH);
    onRead();
  }
}

async function answered(ask, signal) {
  try {
    return await ask(signal);
  } catch (error) {
    if (error instanceof ApiFailure || signal.aborted) return null;
    throw error;
  }
}
