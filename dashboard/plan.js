/** The plan: while it is off nothing is scanned, and every page says so. */

import { ApiFailure, get } from "./api.js";
import { element } from "./elements.js";
import { utc } from "./format.js";
import { morph } from "./morph.js";
import { shownTime } from "./time-travel.js";

const FRESH = 30_000; // milliseconds

const banner = document.getElementById("plan");
const text = document.getElementById("plan-text");

let readFor; // the time as of which the plan was read last
let freshUntil = 0;
let turns = 0; // how often somebody turned it here

/** Read whether the plan is on, once in a while and for every time that is shown, and show the banner if it is off. */
export async function followPlan() {
  const time = shownTime();
  if (time === readFor && Date.now() < freshUntil) return;
  readFor = time;
  freshUntil = Date.now() + FRESH;
  const before = turns;
  try {
    const plan = await get("/api/plan");
    // The answer may be older than what is shown: the plan was turned, or another time chosen, meanwhile.
    if (time === shownTime() && before === turns) draw(plan);
  } catch (error) {
    // What is not known is asked again with the next refresh; what was known of now stays until then.
    if (!(error instanceof ApiFailure)) throw error;
    freshUntil = 0;
  }
}

/** Show the plan as it was just turned: the banner of one that is off, none of one that is on. */
export function showTurned(plan) {
  turns += 1;
  draw(plan);
}

function draw(plan) {
  morph(text, plan.enabled ? [] : told(plan));
  banner.hidden = plan.enabled;
}

function told({ since, reason }) {
  const time = element("time", { datetime: since }, utc(since));
  const what = shownTime()
    ? ": nothing was scanned; what is shown may have been out of date. "
    : ": nothing is scanned; what is shown may be out of date. ";
  const opening = shownTime() ? "The plan was off then, since " : "The plan is off since ";
  return [element("span", {}, element("strong", {}, opening, time), what, `Reason: ${reason}`)];
}
