/** What differs between an image and an older one. */

import { get, imagePath, segment } from "./api.js";
import { element } from "./elements.js";
import { comparedTable } from "./findings.js";
import { counted, digestText, number } from "./format.js";
import { imageAddress } from "./route.js";

export const compare = {
  title: () => "Comparison",

  load({ parts: [registry = "", digest = "", older = ""] }, signal) {
    return get(imagePath({ registry, digest }, `/compare/${segment(older)}`), signal);
  },

  render(found, screen) {
    const [registry, digest, older] = screen.route.parts;
    return [
      element("p", {}, link(registry, digest), " compared with the older ", link(registry, older)),
      element("p", { class: "would" }, sentence(found)),
      caution("newer", found.leftOpen.newer, "what is shown as fixed may not be"),
      caution("older", found.leftOpen.older, "what is shown as new may not be"),
      part("Fixed", found.fixed, screen),
      part("New", found.new, screen),
      folded(found.unchanged, screen),
    ];
  },
};

function link(registry, digest) {
  return element("a", { href: imageAddress({ registry, digest }) }, digestText(digest));
}

function sentence({ fixedCount, newCount, unchangedCount }) {
  return `${counted(fixedCount, "finding")} fixed, ${number(newCount)} new, ${number(unchangedCount)} unchanged.`;
}

function caution(which, leftOpen, consequence) {
  if (!leftOpen) return null;
  return element("p", { class: "notice" }, `Not all of the ${which} image is known, so ${consequence}: ${leftOpen}.`);
}

function part(caption, items, screen) {
  const shown = items.length ? comparedTable(caption, items, screen) : element("p", {}, "None.");
  return element("section", {}, element("h2", {}, `${caption} (${number(items.length)})`), shown);
}

function folded(items, screen) {
  if (!items.length) return null;
  const summary = element("summary", {}, counted(items.length, "unchanged finding"));
  return element("details", { class: "disabled" }, summary, comparedTable("Unchanged", items, screen));
}
