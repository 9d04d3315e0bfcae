/** One rule: made, read, changed and taken back. */

import { get, segment, send } from "./api.js";
import { attempt } from "./attempt.js";
import { criteriaText, scopeText } from "./criteria.js";
import { element } from "./elements.js";
import { facts } from "./facts.js";
import { when } from "./format.js";
import { ruleAddress } from "./route.js";
import { draftFrom, draftOf } from "./rule-draft.js";
import { RuleEditing } from "./rule-editing.js";
import { ruleForm } from "./rule-form.js";
import { ruleHistory } from "./rule-history.js";
import { previewSection } from "./rule-preview.js";
import { takeBackSection } from "./rule-removal.js";
import { shownTime } from "./time-travel.js";

const NEW = "new";
const WRITING = "write rules";

export const rule = {
  title: ({ parts }) => (parts[0] === NEW ? "New rule" : "Rule"),

  async load({ parts: [id], query }, signal, before) {
    if (id === NEW) return before ?? { editing: new RuleEditing(draftFrom(query)), found: null, history: [] };
    const path = `/api/rules/${segment(id)}`;
    const [found, history] = await Promise.all([get(path, signal), get(`${path}/history`, signal)]);
    const editing = before?.editing ?? new RuleEditing(draftOf(found), found);
    editing.follow(found);
    return { editing, found, history: history.value.filter(isPast) };
  },

  render({ editing, found, history }, screen) {
    const back = element("p", { class: "back" }, element("a", { href: "#/rules" }, "All rules"));
    const open = !shownTime() && (!found || found.state !== "removed");
    return [
      back,
      found ? summary(found) : null,
      open ? editor(editing, found, screen) : null,
      shownTime() ? element("p", { class: "notice" }, "The past is shown: rules are made and changed now.") : null,
      open && found ? takeBackSection(() => takeBack(found.id, screen)) : null,
      found ? ruleHistory(history, screen) : null,
    ];
  },
};

function isPast({ time }) {
  return !shownTime() || Date.parse(time) <= Date.parse(shownTime());
}

function summary(found) {
  return element(
    "section",
    { class: "card", "aria-label": "Summary" },
    element(
      "p",
      { class: "verdict" },
      element("span", { class: `badge ${found.state}` }, found.state),
      " ",
      element("span", {}, criteriaText(found.criteria)),
    ),
    facts([
      ["Scope", scopeText(found.scope)],
      ["Reason", found.reason],
      ["Author", found.author],
      ["Created", when(found.created)],
      ["Changed", found.changed ? when(found.changed) : null],
      ["Expires", found.expires ? when(found.expires) : "never"],
      ["Taken back", found.removed ? when(found.removed) : null],
      ["Revision", found.revision],
      ["Rule", element("code", {}, found.id)],
    ]),
  );
}

function editor(editing, found, screen) {
  const { route } = screen;
  const changed = () => (screen.route === route ? screen.redraw() : editing.stop());
  editing.begin(changed);
  const submit = () => save(editing, screen);
  return [
    element("h2", {}, found ? "Change it" : "Criteria"),
    found && found.revision !== editing.rule.revision ? conflict(editing, screen) : null,
    element(
      "div",
      { class: "editor" },
      ruleForm(editing, { submit, changed, action: found ? "Save the change" : "Make the rule" }),
      previewSection(editing.preview, screen),
    ),
  ];
}

function conflict(editing, screen) {
  const adopt = async () => {
    editing.adopt(await get(`/api/rules/${segment(editing.rule.id)}`));
    screen.say("");
    screen.redraw();
  };
  return element(
    "p",
    { class: "notice bad conflict" },
    "Somebody else changed this rule meanwhile: it is shown above as it is now, and below as you wrote it.",
    element("button", { type: "button", onclick: adopt }, "Drop mine and take theirs"),
  );
}

async function save(editing, screen) {
  await attempt(screen, WRITING, async () => {
    const saved = await editing.save();
    if (!editing.rule) {
      location.hash = ruleAddress(saved.id);
      return;
    }
    editing.adopt(saved);
    screen.say("The change is saved.");
  });
}

async function takeBack(id, screen) {
  const field = document.getElementById("removal-reason");
  await attempt(screen, WRITING, async () => {
    await send("DELETE", `/api/rules/${segment(id)}?${new URLSearchParams({ reason: field.value.trim() })}`);
    screen.say("The rule is taken back: its findings count again.");
  });
}
