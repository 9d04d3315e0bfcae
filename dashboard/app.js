/** The start of the page: which address shows what. */

import { billing } from "./billing-page.js";
import { compare } from "./compare-page.js";
import { find } from "./find-page.js";
import { offerToForget } from "./function-key.js";
import { image } from "./image-page.js";
import { images } from "./images-page.js";
import { missing } from "./missing-page.js";
import { overview } from "./overview-page.js";
import { recommendations } from "./recommendations-page.js";
import { followPlan } from "./plan.js";
import { parseRoute } from "./route.js";
import { rule } from "./rule-page.js";
import { rules } from "./rules-page.js";
import { Screen } from "./screen.js";
import { status } from "./status-page.js";
import { tag } from "./tag-page.js";
import { onTimeChosen } from "./time-travel.js";

const PAGES = new Map(
  Object.entries({ "": images, overview, image, tag, compare, find, recommendations, billing, rules, status }),
);

function pageAt({ page, parts }) {
  if (page === "rules" && parts.length) return rule;
  return PAGES.get(page) ?? missing;
}

const screen = new Screen(followPlan);
const heading = document.getElementById("heading");
let shown = null;

async function navigate() {
  // Other fragments, such as the one of the skip link, are places within the page.
  if (location.hash && !location.hash.startsWith("#/")) return;
  const first = shown === null;
  shown = location.hash;
  const route = parseRoute(location.hash);
  markCurrent(route.page);
  const showing = screen.show(pageAt(route), route);
  if (!first) heading.focus({ preventScroll: true });
  // A link leads to the top of a page; going back leads to where one was.
  const top = history.state?.top ?? 0;
  await showing;
  if (shown === route.hash) window.scrollTo(0, top);
}

function markCurrent(page) {
  for (const link of document.querySelectorAll("#pages a")) {
    const current = parseRoute(link.hash).page === page;
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

history.scrollRestoration = "manual";
window.addEventListener("hashchange", navigate);
document.addEventListener("scrollend", () => history.replaceState({ top: window.scrollY }, ""));
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) screen.refresh();
});
offerToForget();
onTimeChosen(navigate);
navigate();
