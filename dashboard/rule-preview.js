/** What a rule would do before it is made. */

import { healthBadge } from "./badges.js";
import { element } from "./elements.js";
import { counted, imageName, number } from "./format.js";
import { imageAddress } from "./route.js";
import { longTable } from "./table.js";

const COLUMNS = [
  { head: "Image", cell: name, rowHeader: true, kind: "name" },
  { head: "Hidden", cell: (image) => number(image.hidden), kind: "count" },
  { head: "Count again", cell: (image) => number(image.reopened), kind: "count" },
  { head: "Health", cell: health },
];

const DOUBT = "A rule on what is exploited hides nothing as long as this is so";
const NOTHING_YET = "As soon as you fill something in, what the rule would hide is shown here.";

/** Show the preview of a rule: a sentence, and the images that it is about. */
export function previewSection(preview, screen) {
  return element(
    "section",
    { class: "preview", "aria-label": "Preview", "aria-busy": String(Boolean(preview?.pending)) },
    element("h2", {}, "What it would do"),
    shown(preview, screen),
  );
}

function shown(preview, screen) {
  if (!preview) return element("p", { class: "minor" }, NOTHING_YET);
  if (preview.pending) return element("p", { class: "minor" }, "Looking through the images…");
  if (preview.failure) return element("p", { class: "notice bad" }, preview.failure);
  return answered(preview.answer, screen);
}

function answered(answer, screen) {
  const said = sentence(answer);
  screen.announce(said);
  const table = { caption: "Images that would change", columns: COLUMNS, items: answer.value, keyOf: imageAddress };
  return [
    element("p", { class: "would" }, said),
    answer.missing ? element("p", { class: "notice" }, `${DOUBT}: ${answer.missing}.`) : null,
    answer.value.length ? longTable(table, screen) : null,
    answer.images > answer.value.length
      ? element("p", { class: "notice" }, `Only ${counted(answer.value.length, "image")} are listed.`)
      : null,
  ];
}

function sentence({ findings, reopened, images, becomeHealthy, becomeUnhealthy }) {
  if (!images) return "Would change nothing: no finding meets this.";
  const parts = [
    findings ? `hide ${counted(findings, "finding")}` : null,
    reopened ? `let ${counted(reopened, "finding")} count again` : null,
  ].filter(Boolean);
  const turns = [
    becomeHealthy ? `turn ${counted(becomeHealthy, "image")} healthy` : null,
    becomeUnhealthy ? `turn ${counted(becomeUnhealthy, "image")} unhealthy` : null,
  ].filter(Boolean);
  return `Would ${[`${parts.join(" and ")} in ${counted(images, "image")}`, ...turns].join(" and ")}.`;
}

function name(image) {
  return [
    element("a", { href: imageAddress(image), target: "_blank" }, imageName(image)),
    element("span", { class: "minor" }, image.registry),
  ];
}

function health({ health: now, healthThen }) {
  const then = healthBadge({ health: healthThen });
  return now === healthThen ? then : [healthBadge({ health: now }), " → ", then];
}
