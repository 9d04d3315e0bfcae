/** The statement of a month. */

import { get } from "./api.js";
import { element } from "./elements.js";
import { counted, digestText, when } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";
import { shownTime } from "./time-travel.js";

const COLUMNS = [
  { head: "Time", cell: (charge) => when(charge.time), kind: "time" },
  { head: "Image", cell: image, rowHeader: true, kind: "name" },
  { head: "Registry", cell: (charge) => charge.registry },
  { head: "Caused by event", cell: (charge) => element("code", {}, charge.eventId), kind: "version" },
];

export const billing = {
  title: () => "Billing",

  load({ query }, signal) {
    const month = query.get("month") ?? shownTime()?.slice(0, 7);
    return get(`/api/billing${month ? `?month=${encodeURIComponent(month)}` : ""}`, signal);
  },

  render({ month, total, charges }, screen) {
    const keyOf = (charge) => `${charge.registry} ${charge.digest}`;
    return [
      monthPicker(month, screen),
      element(
        "p",
        { class: "summary" },
        `${counted(total, "image")} charged in ${month}. An image is charged once, with its first scan.`,
      ),
      charges.length ? longTable({ caption: "Charges", columns: COLUMNS, items: charges, keyOf }, screen) : null,
    ];
  },
};

function monthPicker(month, screen) {
  const onchange = (event) => {
    screen.choose("month", event.target.value);
    screen.refresh();
  };
  return element(
    "div",
    { class: "filters field" },
    element("label", { for: "month" }, "Month"),
    element("input", {
      id: "month",
      type: "month",
      value: month,
      pattern: "[0-9]{4}-[0-9]{2}",
      placeholder: "2026-11",
      autocomplete: "off",
      onchange,
    }),
  );
}

function image(charge) {
  return [
    element("a", { href: imageAddress(charge) }, charge.repository),
    element("span", { class: "minor" }, digestText(charge.digest)),
  ];
}
