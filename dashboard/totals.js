/** The totals above the list of images. */

import { bar, element, icon } from "./elements.js";
import { HEALTHS, healthWord } from "./badges.js";
import { age, counted, number } from "./format.js";
import { address } from "./route.js";
import { shownTime } from "./time-travel.js";

/** Show images by health, what a month charged, and, of the service as it is now, advisories and dead letters. */
export function totals({ images, complete, bill, status }, query) {
  return element(
    "section",
    { class: "totals", "aria-label": "Totals" },
    healthTiles(images, complete, query.get("health"), (health) => underHealth(health, query)),
    element("ul", { class: "tiles facts" }, charged(bill), shownTime() ? null : serviceNow(status)),
  );
}

/** Show how many images have each health; each is a link, where `chosen` is the health that is shown already. */
export function healthTiles(images, complete, chosen, addressOf) {
  const tile = (health) => {
    const count = images.filter((image) => image.health === health).length;
    const link = element(
      "a",
      { href: addressOf(health), class: `tile ${health}`, "aria-current": chosen === health ? "true" : null },
      element("span", { class: "figure" }, icon(health), number(count), complete ? "" : "+"),
      element("span", { class: "about" }, healthWord(health)),
      bar(images.length ? count / images.length : 0),
    );
    return element("li", {}, link);
  };
  return element("ul", { class: "tiles" }, HEALTHS.map(tile));
}

/** The address of the list under one health, or without it where that one is chosen; the other filters stay. */
function underHealth(health, query) {
  const wanted = new URLSearchParams(query);
  if (query.get("health") === health) wanted.delete("health");
  else wanted.set("health", health);
  return address("", wanted);
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
