/** The secure score. */

import { bar, element } from "./elements.js";
import { number, percent } from "./format.js";

/** Show how many of the points of the secure score are earned; `score` is null where it cannot be had. */
export function scoreTile(score) {
  if (score === null) return tile("–", "secure score: unavailable");
  const counted = score.images.healthy + score.images.unhealthy + score.images["not-assessed"];
  if (!counted) return tile("–", "secure score: no image counts");
  const text = `secure score: ${number(score.current)} of ${number(score.max)} points`;
  return tile(percent(score.percentage), text, bar(score.percentage));
}

function tile(figure, about, ...more) {
  const shown = [element("span", { class: "figure" }, figure), element("span", { class: "about" }, about), ...more];
  return element("ul", { class: "tiles" }, element("li", { class: "tile score" }, shown));
}
