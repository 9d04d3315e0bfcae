/** Lists of facts: a term and what it is. */

import { element } from "./elements.js";

/** Make a list of facts from `[term, content]` pairs; a fact without content is left out. */
export function facts(pairs) {
  const known = pairs.filter(([, content]) => content !== null && content !== "" && content !== undefined);
  return element(
    "dl",
    { class: "fact-list" },
    known.map(([term, content]) => element("div", {}, element("dt", {}, term), element("dd", {}, content))),
  );
}
