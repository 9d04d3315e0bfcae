/**
 * What the main part shows: one page at a time, read again every few seconds without disturbing the reader.
 *
 * A page is an object with `title(route, content)`, `load(route, signal, before)`, which resolves to its content, and
 * `render(content, screen)`, which gives the nodes that show it; `before` is the content shown so far, or null.
 */

import { ApiFailure } from "./api.js";
import { element, icon, nodes } from "./elements.js";
import { utc } from "./format.js";
import { morph } from "./morph.js";
import { address } from "./route.js";

const ROWS = 100;
const SOONEST = 5_000; // milliseconds
const LATEST = 60_000;
// A fleet that takes long to list is asked for less often: for about a tenth of the time.
const REST = 10;

const main = document.getElementById("main");
const heading = document.getElementById("heading");
const trouble = document.getElementById("trouble");
const outcome = document.getElementById("outcome");
const contentPlace = document.getElementById("content");
const announcements = document.getElementById("announcements");
const freshness = document.getElementById("freshness");

export class Screen {
  #onRead;
  #page = null;
  #content = null;
  #aborting = new AbortController();
  #timer = 0;
  #rows = new Map();

  /** Where the reader is. */
  route = null;

  /** Make the screen; `onRead` is called whenever the page was read. */
  constructor(onRead) {
    this.#onRead = onRead;
  }

  /** Show a page from its beginning. */
  async show(page, route) {
    this.#aborting.abort();
    this.#page = page;
    this.#content = null;
    this.#rows.clear();
    this.route = route;
    this.#setTitle();
    trouble.replaceChildren();
    outcome.replaceChildren();
    contentPlace.replaceChildren(element("p", { class: "loading" }, "Loading…"));
    await this.refresh();
  }

  /** Read the page's content again and show what changed. */
  async refresh() {
    clearTimeout(this.#timer);
    this.#aborting.abort();
    this.#aborting = new AbortController();
    const { signal } = this.#aborting;
    const began = performance.now();
    main.setAttribute("aria-busy", this.#content === null);
    try {
      const content = await this.#page.load(this.route, signal, this.#content);
      if (signal.aborted) return;
      this.#content = content;
      this.redraw();
      this.#succeeded();
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(error);
      // Without a key every further question would only ask for it again.
      if (error.status === 401) return;
    } finally {
      if (!signal.aborted) main.setAttribute("aria-busy", "false");
    }
    this.#schedule(Math.min(Math.max(SOONEST, (performance.now() - began) * REST), LATEST));
  }

  /** Show the content that is there anew, such as under another filter. */
  redraw() {
    if (this.#content === null) return;
    this.#setTitle();
    morph(contentPlace, nodes(this.#page.render(this.#content, this)));
  }

  /** Change the query of the address, without a new entry in the history. */
  choose(name, value) {
    if (value) this.route.query.set(name, value);
    else this.route.query.delete(name);
    history.replaceState(history.state, "", address(this.route.page, this.route.query, this.route.parts));
    this.redraw();
  }

  /** Return how many rows of a table are shown. */
  rows(table) {
    return this.#rows.get(table) ?? ROWS;
  }

  /** Show more rows of a table. */
  showMore(table) {
    this.#rows.set(table, this.rows(table) + ROWS);
    this.redraw();
  }

  /** Tell screen readers something that changed; the same thing is not told twice in a row. */
  announce(text) {
    if (announcements.textContent !== text) announcements.textContent = text;
  }

  /** Say what became of something that the reader did, until the next thing is done; nothing takes it away. */
  say(text, bad = false) {
    const attributes = { class: `notice ${bad ? "bad" : ""}`, role: bad ? "alert" : "status" };
    const said = element("p", attributes, bad ? icon("warning") : null, element("span", {}, text));
    outcome.replaceChildren(...(text ? [said] : []));
  }

  #setTitle() {
    const title = this.#page.title(this.route, this.#content);
    morph(heading, [document.createTextNode(title)]);
    document.title = `${title} – Plimsoll`;
  }

  #schedule(milliseconds) {
    this.#timer = setTimeout(() => (document.hidden ? this.#schedule(milliseconds) : this.refresh()), milliseconds);
  }

  #succeeded() {
    morph(trouble, []);
    this.#onRead();
    freshness.textContent = `Updated ${utc(Date.now(), true).slice(11)}`;
  }

  #failed(error) {
    if (!(error instanceof ApiFailure)) throw error;
    const retry = element("button", { type: "button", onclick: () => this.refresh() }, "Try again");
    morph(trouble, [element("p", { class: "notice bad" }, icon("warning"), element("span", {}, error.message), retry)]);
    if (this.#content === null) contentPlace.replaceChildren();
  }
}
