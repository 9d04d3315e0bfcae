/** Whether images are scanned and charged at all, and turning that on and off. */

import { send } from "./api.js";
import { attempt } from "./attempt.js";
import { element, titled } from "./elements.js";
import { facts } from "./facts.js";
import { when } from "./format.js";
import { reasonToTurn } from "./plan-dialog.js";
import { showTurned } from "./plan.js";
import { shownTime } from "./time-travel.js";

// A button keeps what it was first told to do: what is on and off meanwhile stands here.
let shown = null;

/** Show the plan, null where it cannot be had, and, unless the past is shown, the button that turns it on or off. */
export function planSection(plan, screen) {
  if (plan === null) return titled("Plan", element("p", { class: "notice" }, "Whether it is on cannot be had now."));
  shown = plan;
  const { enabled, since, reason, actor } = plan;
  const known = facts([
    ["State", enabled ? "on: images are scanned and charged" : "off: nothing is scanned or charged"],
    ["Since", since ? when(since) : "the beginning"],
    ["Reason", reason],
    ["By", actor],
  ]);
  const text = enabled ? "Turn the plan off…" : "Turn the plan on…";
  const button = element("button", { type: "button", class: "more", onclick: () => turn(screen) }, text);
  return titled("Plan", element("div", { class: "card" }, known, shownTime() ? null : button));
}

async function turn(screen) {
  const enabled = !shown.enabled;
  const reason = await reasonToTurn(enabled);
  if (reason === null) return;
  await attempt(screen, "turn the plan on or off", async () => {
    showTurned(await send("PUT", "/api/plan", { enabled, reason }));
    screen.say(enabled ? "The plan is on: all registries are reconciled." : "The plan is off: nothing is scanned.");
  });
}
