/** A rule while it is written: the draft, what it would do, and from which revision it was made. */

import { ApiFailure, send } from "./api.js";
import { bodyOf, draftOf, isEmpty } from "./rule-draft.js";

const PAUSE = 400; // milliseconds without typing
const WITHOUT_EFFECT = ["reason", "author"];

export class RuleEditing {
  #timer = 0;
  #aborting = new AbortController();
  #requestId = null;
  #begun = false;
  #taken;

  /** What the draft would do: null where it says nothing yet, else `{pending}`, `{answer}` or `{failure}`. */
  preview = null;

  /** Write a new rule from a draft, or change one as it was read. */
  constructor(draft, rule = null) {
    this.draft = draft;
    this.rule = rule;
    this.#taken = JSON.stringify(draft);
  }

  /** Whether something was typed that is not saved. */
  get dirty() {
    return JSON.stringify(this.draft) !== this.#taken;
  }

  /** Take over what the API knows of the rule, unless that would undo what was typed. */
  follow(rule) {
    if (!this.dirty && rule.revision !== this.rule.revision) this.adopt(rule);
  }

  /** Go on from a rule as the API knows it; what was typed is lost. */
  adopt(rule) {
    Object.assign(this.draft, draftOf(rule));
    this.rule = rule;
    this.#taken = JSON.stringify(this.draft);
    this.preview = null;
  }

  /** Note what was typed, and ask what it would do once nobody types any more; `changed` is called with every news. */
  type(name, value, changed) {
    this.draft[name] = value;
    this.#requestId = null;
    if (!WITHOUT_EFFECT.includes(name)) this.ask(changed);
  }

  /** Ask once, after the page is drawn, what would do whatever a link filled in. */
  begin(changed) {
    if (this.#begun || this.rule) return;
    this.#begun = true;
    queueMicrotask(() => this.ask(changed));
  }

  /** Ask what the draft would do. */
  ask(changed) {
    clearTimeout(this.#timer);
    this.#aborting.abort();
    this.#aborting = new AbortController();
    const { signal } = this.#aborting;
    this.preview = isEmpty(bodyOf(this.draft)) ? null : { pending: true };
    if (this.preview) this.#timer = setTimeout(() => this.#ask(signal, changed), PAUSE);
    changed();
  }

  /** Stop asking: the reader went away. */
  stop() {
    clearTimeout(this.#timer);
    this.#aborting.abort();
  }

  /** Make the rule, or write it anew from the revision that was read; returns it, or throws ApiFailure. */
  async save() {
    const body = bodyOf(this.draft);
    if (this.rule) {
      const written = { ...body, revision: this.rule.revision };
      return send("PUT", `/api/rules/${encodeURIComponent(this.rule.id)}`, written);
    }
    // An answer may get lost: sent again, the same draft makes no second rule.
    this.#requestId ??= randomId();
    return send("POST", "/api/rules", body, { headers: { "x-ms-client-request-id": this.#requestId } });
  }

  async #ask(signal, changed) {
    const body = bodyOf(this.draft);
    const change = this.rule ? { id: this.rule.id, revision: this.rule.revision } : {};
    try {
      const asked = { ...body, ...change, reason: body.reason || "preview" };
      this.preview = { answer: await send("POST", "/api/rules/preview", asked, { signal }) };
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiFailure)) throw error;
      this.preview = { failure: error.message };
    }
    changed();
  }
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
