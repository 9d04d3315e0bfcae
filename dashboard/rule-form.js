/** The form of a rule: every criterion, where it holds, why and how long. */

import { SEVERITIES } from "./badges.js";
import { CATEGORIES, FIX_STATUSES } from "./criteria.js";
import { element } from "./elements.js";

const ON_FINDINGS = [
  ["cves", "CVEs or other names", lines, "any of these, aliases included"],
  ["packages", "Packages", lines, "one a line: openssl, or openssl 3.0.1"],
  ["purls", "Package URLs", lines, "pkg:deb/debian/openssl@3.0.1: this package alone"],
  ["severityBelow", "Severity below", select, null, SEVERITIES.map(([name]) => [name, name])],
  ["cvssBelow", "CVSS below", line, null, { type: "number", min: "0.1", max: "10", step: "0.1" }],
  ["category", "Kind of package", select, null, CATEGORIES],
  ["text", "Text", line, "words of the title or the advice", { maxlength: "200" }],
  ["fixStatuses", "Fix", boxes, null, FIX_STATUSES],
  ["notExploited", "Exploitation", select, "hides what is in CISA's catalog no more, from when it enters it", [["true", "not known to be exploited"]]],
  ["epssBelow", "EPSS score below", line, "0.1 is 10 % within 30 days; hides nothing without a score", { type: "number", min: "0", max: "1", step: "any" }],
  ["findingIds", "Finding ids", lines],
];
const ON_IMAGES = [
  ["registry", "Registry", line],
  ["repository", "Repository", line],
  ["digest", "Digest", line],
  ["tags", "Tags", lines, "one pattern a line: dev-*"],
  ["osReleases", "Releases", lines, "one a line: debian 12, or debian"],
  ["repositories", "Any of these repositories", lines],
  ["digests", "Any of these digests", lines],
];
const REASONS = [
  ["reason", "Reason", line, "kept with the rule", { required: true, maxlength: "1000" }],
  ["author", "Author", line, "left out: who is signed in", { maxlength: "1000" }],
  ["expires", "Expires (UTC)", line, "then the findings count again", { type: "datetime-local", step: "any" }],
];

/** Show the form of a rule that is written; `submit` is called when it shall be saved, `changed` after every word. */
export function ruleForm(editing, { submit, changed, action }) {
  const onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  return element(
    "form",
    { class: "card rule-form", "aria-label": "Rule", onsubmit },
    group("Which findings", "All that is filled in must be met.", ON_FINDINGS, editing, changed),
    group("In which images", "Left empty: in all.", ON_IMAGES, editing, changed),
    group("Why, and how long", null, REASONS, editing, changed),
    element("div", { class: "actions" }, element("button", { type: "submit", class: "primary" }, action)),
  );
}

function group(legend, about, fields, editing, changed) {
  return element(
    "fieldset",
    {},
    element("legend", {}, legend),
    about ? element("p", { class: "minor" }, about) : null,
    element("div", { class: "fields" }, fields.map(([name, ...field]) => labelled(name, field, editing, changed))),
  );
}

function labelled(name, [label, make, hint, more], editing, changed) {
  const id = `rule-${name}`;
  const type = (value) => editing.type(name, value, changed);
  const attributes = { id, name, autocomplete: "off", "aria-describedby": hint ? `${id}-hint` : null };
  const control = make(editing.draft[name], attributes, type, more);
  if (make === boxes) return element("fieldset", { class: "boxes" }, element("legend", {}, label), control);
  return element(
    "div",
    {},
    element("label", { for: id }, label),
    control,
    hint ? element("span", { id: `${id}-hint`, class: "minor" }, hint) : null,
  );
}

function line(value, attributes, type, more) {
  const oninput = (event) => type(event.target.value);
  return element("input", { spellcheck: "false", ...attributes, ...more, value, oninput });
}

function lines(value, attributes, type) {
  const oninput = (event) => type(event.target.value);
  return element("textarea", { rows: "2", spellcheck: "false", ...attributes, oninput }, value);
}

function select(value, attributes, type, choices) {
  const options = [["", "any"], ...choices].map(([one, text]) =>
    element("option", { value: one, selected: one === value }, text),
  );
  return element("select", { ...attributes, onchange: (event) => type(event.target.value) }, options);
}

function boxes(chosen, { name }, type, choices) {
  // The boxes themselves hold what is chosen: of what was drawn first, a listener would only know the past.
  const onchange = (event) => {
    const group = event.target.closest("fieldset");
    type([...group.querySelectorAll(":checked")].map((box) => box.value));
  };
  return choices.map(([value, text]) => {
    const checked = chosen.includes(value);
    return element("label", {}, element("input", { type: "checkbox", name, value, checked, onchange }), text);
  });
}
