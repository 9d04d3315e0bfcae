/** Addresses within the page: `#/page/part/part?name=value`. */

import { segment } from "./api.js";

/** Read an address: `{hash, page, parts, query}`; the list of images is the page without a name. */
export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page, ...parts] = path.split("/").map(decoded);
  return { hash, page, parts, query: new URLSearchParams(query) };
}

/** Write the address of the overview: of everything, a registry, or a repository in it. */
export function overviewAddress(...parts) {
  return `#/${["overview", ...parts.map(segment)].join("/")}`;
}

/** Write the address of an image. */
export function imageAddress({ registry, digest }) {
  return `#/image/${segment(registry)}/${segment(digest)}`;
}

/** Write the address of the biography of a tag. */
export function tagAddress({ registry, repository, tag }) {
  return `#/tag/${[registry, repository, tag].map(segment).join("/")}`;
}

/** Write the address where an image is compared with an older one. */
export function compareAddress({ registry, digest }, older) {
  return `#/compare/${[registry, digest, older.digest].map(segment).join("/")}`;
}

/** Write the address of a rule. */
export function ruleAddress(id) {
  return `#/rules/${segment(id)}`;
}

/** Write an address from a page's name, a query, and the parts after the name. */
export function address(page, query, parts = []) {
  const text = query.toString();
  return `#/${[page, ...parts.map(segment)].join("/")}${text ? `?${text}` : ""}`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // Typed by hand: a lone percent sign stands for itself.
    if (error instanceof URIError) return part;
    throw error;
  }
}
