/** Taking a rule back. */

import { element } from "./elements.js";

/** Show the form that takes a rule back; `takeBack` is called once there is a reason. */
export function takeBackSection(takeBack) {
  const onsubmit = (event) => {
    event.preventDefault();
    takeBack();
  };
  return element(
    "section",
    {},
    element("h2", {}, "Take it back"),
    element(
      "form",
      { class: "card filters", "aria-label": "Take the rule back", onsubmit },
      element(
        "div",
        { class: "field" },
        element("label", { for: "removal-reason" }, "Why"),
        // What is typed here is kept by nobody else: a refresh leaves it alone.
        element("input", {
          id: "removal-reason",
          "data-own": "",
          required: true,
          maxlength: "1000",
          autocomplete: "off",
        }),
      ),
      element("button", { type: "submit" }, "Take the rule back"),
    ),
  );
}
