/** The time as of which everything is shown: now, unless somebody chose another. It is kept for this tab only. */

import { utc } from "./format.js";

const NAME = "plimsoll.as-of";

const field = document.getElementById("as-of");
const banner = document.getElementById("past");
const bannerTime = document.getElementById("past-time");

/** Return the chosen time in RFC 3339, or null for now. */
export function shownTime() {
  return sessionStorage.getItem(NAME);
}

/** Offer the choice of a time; `show` is called after every choice, to show everything as of then. */
export function onTimeChosen(show) {
  const choose = (time) => {
    if (time) sessionStorage.setItem(NAME, time);
    else sessionStorage.removeItem(NAME);
    draw();
    show();
  };
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(typed());
  });
  document.getElementById("now").addEventListener("click", () => choose(null));
  draw();
}

/** Return the time in the field; one that has not come yet is now, and so is none. */
function typed() {
  const time = Date.parse(`${field.value}Z`);
  return Number.isNaN(time) || time >= Date.now() ? null : new Date(time).toISOString();
}

function draw() {
  const time = shownTime();
  banner.hidden = time === null;
  field.value = time ? time.slice(0, 16) : "";
  bannerTime.textContent = time ? utc(time) : "";
}
