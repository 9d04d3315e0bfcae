/** The tags of one image: those that it has and had, and what each named before. */

import { element } from "./elements.js";
import { shortDigest, when } from "./format.js";
import { compareAddress, imageAddress, tagAddress } from "./route.js";
import { longTable } from "./table.js";
import { before } from "./tag-uses.js";

/** Show that an old image should be deleted, once for each repository where it can still be pulled. */
export function adviceNotices({ digest }, uses) {
  const own = uses.filter((use) => use.digest === digest && use.advice);
  const said = new Map(own.map((use) => [use.repository, use.advice]));
  return [...said].map(([repository, advice]) => element("p", { class: "notice" }, `${repository} ${advice}.`));
}

/** Show the tags of an image; nothing where it never had any. */
export function tagsSection({ digest }, uses, screen) {
  const items = uses.filter((use) => use.digest === digest);
  if (!items.length) return null;
  const keyOf = (use) => `${use.repository} ${use.tag} ${use.since}`;
  const table = longTable({ caption: "Tags", columns: columns(uses), items, keyOf }, screen);
  return element("section", {}, element("h2", {}, "Tags"), table);
}

/** Show from when to when a tag named an image. */
export function untilText({ until }) {
  return until ? when(until) : "still";
}

/** Show links that compare an image with those that a tag named before it. */
export function comparisons(use, uses) {
  const older = before(use, uses);
  if (!older.length) return "–";
  return element("ul", { class: "plain" }, older.map((one) => element("li", {}, comparison(use, one))));
}

function comparison(use, older) {
  return element("a", { href: compareAddress(use, older) }, `compare with ${shortDigest(older.digest)}`);
}

function columns(uses) {
  return [
    { head: "Tag", cell: tag, rowHeader: true, kind: "name" },
    { head: "Since", cell: ({ since }) => when(since), kind: "time" },
    { head: "Until", cell: untilText, kind: "time" },
    { head: "Moved on to", cell: (use) => movedTo(use, uses), kind: "version" },
    { head: "Named before", cell: (use) => comparisons(use, uses), kind: "version" },
  ];
}

function tag(use) {
  const link = element("a", { href: tagAddress(use) }, `${use.repository}:${use.tag}`);
  return [link, element("span", { class: "minor" }, use.registry)];
}

function movedTo({ registry, movedTo: digest }, uses) {
  if (!digest) return "–";
  const text = element("code", { title: digest }, shortDigest(digest));
  // An index is a name for several images, and no image itself.
  if (!uses.some((use) => use.digest === digest)) return text;
  return element("a", { href: imageAddress({ registry, digest }) }, text);
}
