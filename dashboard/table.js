/** Tables: a caption, headers with their scope, and a row for each item. */

import { element } from "./elements.js";
import { number } from "./format.js";

/**
 * Make a table.
 *
 * `columns` are `{head, cell(item), rowHeader, kind}`: `cell` gives what stands in a column, `rowHeader` marks the
 * column that names the row, `kind` is a class. `keyOf(item)` tells items apart from one refresh to the next.
 */
export function table({ caption, columns, items, keyOf }) {
  const heads = columns.map(({ head, kind }) => element("th", { scope: "col", class: kind }, head));
  const row = (item) => element("tr", { "data-key": keyOf(item) }, columns.map((column) => cell(column, item)));
  return element(
    "div",
    { class: "wide", role: "region", "aria-label": caption, tabindex: "0" },
    element(
      "table",
      {},
      element("caption", { class: "unseen" }, caption),
      element("thead", {}, element("tr", {}, heads)),
      element("tbody", {}, items.map(row)),
    ),
  );
}

/** Make a table of the first rows, with a button for more; `screen` keeps how many are shown. */
export function longTable(options, screen) {
  const { caption, items } = options;
  const most = screen.rows(caption);
  const shown = table({ ...options, items: items.slice(0, most) });
  if (items.length <= most) return [shown];
  const text = `Show more (${number(most)} of ${number(items.length)} are shown)`;
  return [shown, element("button", { type: "button", class: "more", onclick: () => screen.showMore(caption) }, text)];
}

function cell({ cell: content, rowHeader, kind }, item) {
  return rowHeader
    ? element("th", { scope: "row", class: kind }, content(item))
    : element("td", { class: kind }, content(item));
}
