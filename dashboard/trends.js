/** How health and findings went over time: charts, and the same as tables. */

import "./trend-chart.js";
import { get } from "./api.js";
import { HEALTHS, SEVERITIES, healthWord } from "./badges.js";
import { element } from "./elements.js";
import { number, utc, when } from "./format.js";
import { chosenRange, inRange, rangePicker } from "./ranges.js";
import { SlowReader } from "./slow-reader.js";
import { table } from "./table.js";

// What is worst lies at the bottom, where it is seen best.
const HEALTH = {
  caption: "Images by health",
  one: "image",
  stacked: true,
  names: HEALTHS,
  of: (point) => point.images,
};
const FINDINGS = {
  caption: "Open findings by severity",
  one: "finding",
  scale: "logarithmic scale",
  stacked: false,
  names: SEVERITIES.map(([severity]) => severity),
  of: (point) => point.findings,
};

const reader = new SlowReader();

/** Show the trend of a part of all images, which now look like `now`, with a choice of how long it reaches back. */
export function trendSection(part, now, screen) {
  const { days, count: points } = chosenRange(screen.route);
  const about = { scope: [part.registry, part.repository, days], now: JSON.stringify(now) };
  const told = reader.read({ ...about, ask: (signal) => trend(part, days, points, signal) }, () => screen.redraw());
  return element(
    "section",
    { class: "trends", "aria-label": "Over time" },
    element("div", { class: "section-head" }, element("h2", {}, "Over time"), rangePicker(screen)),
    shown(told),
  );
}

async function trend(part, days, points, signal) {
  return (await get(`/api/trends?${inRange(part, days)}&points=${points}`, signal)).value;
}

function shown(points) {
  if (points === undefined) return element("p", { class: "loading" }, "Going through the log…");
  if (points === null) return notice("How it went over time cannot be had now.");
  return points.some(known) ? charts(points) : notice("Nothing was known in this time.");
}

function charts(points) {
  return element("div", { class: "charts" }, [HEALTH, FINDINGS].map((kind) => chart(kind, points)));
}

function known(point) {
  return Object.values(point.images).some(Boolean);
}

function notice(text) {
  return element("p", { class: "notice" }, text);
}

function chart(kind, points) {
  const layers = kind.names.map((name) => ({ name, values: points.map((point) => count(kind, point, name)) }));
  const times = points.map(({ time }) => Date.parse(time) / 1000);
  const trend = JSON.stringify({ times, layers, stacked: kind.stacked });
  return element(
    "figure",
    { class: "card", "data-key": kind.caption },
    element("figcaption", {}, kind.caption, kind.scale ? element("span", { class: "scale" }, kind.scale) : null),
    legend(kind, points.at(-1)),
    element("trend-chart", { role: "img", "aria-label": inWords(kind, points), trend }),
    element("details", {}, element("summary", {}, "As a table"), numbers(kind, points)),
  );
}

/** The key of the colours, with what is so at the end, in the order in which the layers lie on each other. */
function legend(kind, last) {
  const entries = kind.names.map((name) =>
    element(
      "li",
      {},
      element("i", { class: `swatch ${name}`, "aria-hidden": "true" }),
      element("strong", {}, number(count(kind, last, name))),
      ` ${healthWord(name)}`,
    ),
  );
  return element("ul", { class: "legend", "aria-label": `${kind.caption} at ${utc(last.time)}` }, entries);
}

function count(kind, point, name) {
  return kind.of(point)[name] ?? 0;
}

function inWords(kind, points) {
  const [first, last] = [points[0], points.at(-1)];
  const changes = kind.names
    .map((name) => [name, count(kind, first, name), count(kind, last, name)])
    .filter(([, from, to]) => from || to)
    .map(([name, from, to]) => `${healthWord(name)} from ${number(from)} to ${number(to)}`);
  return `${kind.caption} from ${utc(first.time)} to ${utc(last.time)}: ${changes.join(", ") || `no ${kind.one}`}`;
}

function numbers(kind, points) {
  const columns = [
    { head: "Time", cell: ({ time }) => when(time), rowHeader: true, kind: "time" },
    ...kind.names.map((name) => ({
      head: healthWord(name),
      cell: (point) => number(count(kind, point, name)),
      kind: "count",
    })),
  ];
  return table({ caption: kind.caption, columns, items: [...points].reverse(), keyOf: ({ time }) => time });
}
