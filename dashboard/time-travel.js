/** The time as of which everything is shown: now, unless somebody chose another. It is kept for this tab only. */

const NAME = "plimsoll.as-of";

/** Return the chosen time in RFC 3339, or null for now. */
export function shownTime() {
  return sessionStorage.getItem(NAME);
}
