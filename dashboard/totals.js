/** The totals above the list of images. */

import { bar, element, icon } from "./elements.js";
import { HEALTHS, healthWord } from "./badges.js";
import { age, counted, number } from "./format.js";
import { shownTime } from "./time-travel.js";

/** Show images by health, what a month charged, and, of the service as it is now, advisories and dead letters. */
export function totals({ images, complete, bill, status }, chosen) {
  return element(
    "section",
    { class: "totals", "aria-label": "Totals" },
    element("ul", { class: "tiles" }, HEALTHS.map((health) => healthTile(health, images, complete, chosen))),
    element("ul", { class: "tiles facts" }, charged(bill), shownTime() ? null : serviceNow(status)),
  );
}

function healthTile(health, images, complete, chosen) {
  const count = images.filter((image) => image.health === health).length;
  const current = chosen === health;
  const link = element(
    "a",
    { href: current ? "#/" : `#/?health=${health}`, class: `tile ${health}`, "aria-current": current ? "true" : null },
    element("span", { class: "figure" }, icon(health), number(count), complete ? "" : "+"),
    element("span", { class: "about" }, healthWord(health)),
    bar(images.length ? count / images.length : 0),
  );
  return element("li", {}, link);
}

function charged(bill) {
  if (!bill) return fact("–", "charged this month: unavailable");
  return element(
    "li",
    {},
    element(
      "a",
      { href: "#/billing", class: "tile" },
      element("span", { class: "figure" }, number(bill.total)),
      element("span", { class: "about" }, shownTime() ? `charged in ${bill.month}` : "charged this month"),
    ),
  );
}

function serviceNow(status) {
  return [advisories(status), deadLetters(status)];
}

function advisories(status) {
  if (!status) return fact("–", "advisories: unavailable");
  const { feeds } = status.advisories;
  if (!feeds.length) return fact("none", "advisories: not fetched yet", true);
  const oldest = feeds.map((feed) => feed.checkedAt).sort()[0];
  const failing = feeds.filter((feed) => feed.failure);
  const about = failing.length
    ? `advisories: ${number(failing.length)} of ${counted(feeds.length, "feed")} failed`
    : `since the check of ${counted(feeds.length, "advisory feed")}`;
  return fact(age(oldest), about, failing.length > 0, failing.map(failureOf).join("\n"));
}

function failureOf(feed) {
  return `${feed.ecosystem || feed.base}: ${feed.failure}`;
}

function deadLetters(status) {
  if (!status) return fact("–", "dead letters: unavailable");
  const { count, newest } = status.deadLetters;
  const errors = newest.map((letter) => `${letter.source}: ${letter.error}`).join("\n");
  return fact(number(count), count === 1 ? "dead letter" : "dead letters", count > 0, errors);
}

function fact(figure, about, warns = false, details = "") {
  return element(
    "li",
    { class: `tile ${warns ? "warns" : ""}`, title: details || null },
    element("span", { class: "figure" }, warns ? icon("warning") : null, figure),
    element("span", { class: "about" }, about),
  );
}
