/**
 * `<trend-chart trend='{"times": [seconds], "layers": [{"name", "values"}], "stacked"}'>`: counts over time.
 *
 * Layers are stacked on each other, or else lines on a logarithmic scale, where one is still seen beside a thousand.
 * The name of a layer is also the class that has its colour. Everything in the chart is also in a table beside it:
 * for a screen reader the chart is a picture.
 */

import { element } from "./elements.js";
import { number, utc } from "./format.js";
import { uPlot } from "./uplot.js";

const HEIGHT = 200;
const DAYS = [1, 2, 7, 14, 28, 91, 182].map((days) => days * 86_400);
const FEW = 10;
const DECADES = [0, ...Array.from({ length: 10 }, (_, zeros) => 10 ** zeros)];
// Nothing is counted in halves: 1, 2, 5, 10, 20, 50 and so on.
const WHOLE_NUMBERS = Array.from({ length: 10 }, (_, zeros) => [1, 2, 5].map((digit) => digit * 10 ** zeros)).flat();
const DARK = matchMedia("(prefers-color-scheme: dark)");

class TrendChart extends HTMLElement {
  static observedAttributes = ["trend"];

  #chart = null;
  #sizes = new ResizeObserver(() => this.#fit());
  #redraw = () => this.#draw();

  connectedCallback() {
    this.#sizes.observe(this);
    DARK.addEventListener("change", this.#redraw);
    this.#draw();
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    DARK.removeEventListener("change", this.#redraw);
    this.#clear();
  }

  attributeChangedCallback() {
    // What is only made to be compared with what is shown is never drawn.
    if (this.isConnected) this.#draw();
  }

  async #draw() {
    const Plot = await uPlot();
    if (!this.isConnected) return;
    this.#clear();
    if (Plot === null) {
      this.textContent = "The chart cannot be drawn; the table has its numbers.";
      return;
    }
    const { times, layers, stacked } = JSON.parse(this.getAttribute("trend"));
    const reading = element("p", { class: "reading" });
    const look = (stacked ? stack : logarithmic)(layers, this.#colours(layers));
    const options = {
      ...common(Plot, this.#colour("axis"), this.#colour("grid"), look),
      width: this.clientWidth,
      height: HEIGHT,
      hooks: { setCursor: [({ cursor }) => read(reading, times, layers, cursor.idx)] },
    };
    this.#chart = new Plot(options, [times, ...look.values], this);
    this.append(reading);
  }

  #clear() {
    this.#chart?.destroy();
    this.#chart = null;
    this.replaceChildren();
  }

  #fit() {
    if (this.#chart && this.clientWidth) this.#chart.setSize({ width: this.clientWidth, height: HEIGHT });
  }

  /** A canvas knows nothing of style sheets: it is told what colours the page has right now. */
  #colour(name) {
    const probe = element("i", { class: `swatch ${name}` });
    this.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  #colours(layers) {
    return layers.map(({ name }) => this.#colour(name));
  }
}

/** Put layers on each other: each becomes the sum of itself and those before it. */
function stack(layers, colours) {
  const sums = [];
  for (const { values } of layers) {
    const below = sums.at(-1);
    sums.push(below ? values.map((value, place) => value + below[place]) : values);
  }
  const series = colours.map((colour) => ({ stroke: colour, fill: colour, width: 1, points: { show: false } }));
  const scale = { range: (_, __, most) => [0, Math.max(most, 1) * 1.05] };
  // What lies below is painted over what reaches higher: the sum of all layers comes first.
  return { values: sums.reverse(), series: series.reverse(), scale, axis: { incrs: WHOLE_NUMBERS } };
}

/** Draw each layer as a line, on a scale that grows with the logarithm and still has a place for none. */
function logarithmic(layers, colours) {
  const series = colours.map((colour) => ({ stroke: colour, width: 2, points: { show: false } }));
  const scale = { distr: 4, asinh: 1, range: (_, __, most) => [0, Math.max(most, 1) * 1.3] };
  const steps = (most) => (most > FEW ? DECADES : [0, 1, 2, 5, FEW]).filter((count) => count <= most);
  const axis = { splits: ({ scales }) => steps(scales.y.max) };
  // The worst comes last, so that it lies on top.
  return { values: layers.map(({ values }) => values).reverse(), series: series.reverse(), scale, axis };
}

function common(Plot, text, line, { series, scale, axis }) {
  const grid = { stroke: line, width: 1 };
  const both = { stroke: text, grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  return {
    legend: { show: false },
    padding: [8, 14, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: { y: scale },
    axes: [
      { ...both, values: (_, splits) => splits.map(day), incrs: DAYS, space: 70, size: 30 },
      { ...both, values: (_, splits) => splits.map(number), size: 55, ...axis },
    ],
    series: [{}, ...series],
  };
}

function day(seconds) {
  return utc(seconds * 1000).slice(5, 10);
}

/** Write out the point under the pointer. */
function read(place, times, layers, index) {
  if (index === null || index === undefined) {
    place.replaceChildren();
    return;
  }
  const present = layers.filter(({ values }) => values[index]);
  const counts = present.map(({ name, values }) => `${number(values[index])} ${name}`);
  place.textContent = `${utc(times[index] * 1000)}: ${counts.join(", ") || "none"}`;
}

customElements.define("trend-chart", TrendChart);
