/** Narrowing the list of images down, by the query of the address: `health`, `repository`, `search`. */

import { HEALTHS, healthWord } from "./badges.js";
import { element } from "./elements.js";

/** Return a test for whether an image is wanted: each filter that is set holds, and every word of the search occurs. */
export function choice(query) {
  const [health, repository, search] = ["health", "repository", "search"].map((name) => query.get(name));
  const words = (search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (image) => {
    if (health && image.health !== health) return false;
    if (repository && !image.repositories.includes(repository)) return false;
    const text = searchable(image);
    return words.every((word) => text.includes(word));
  };
}

/** Show the filters as they are set; a choice becomes part of the address. */
export function filters(all, query, screen) {
  const repositories = [...new Set(all.flatMap((image) => image.repositories))].sort();
  return element(
    "div",
    { class: "filters", role: "search", "aria-label": "Images" },
    picker("health", "Health", HEALTHS.map((health) => [health, healthWord(health)]), query, screen),
    picker("repository", "Repository", repositories.map((name) => [name, name]), query, screen),
    field("search", "Search", searchBox(query, screen)),
  );
}

function searchable({ registry, repositories, tags, digest, platform, os, reason }) {
  return [registry, ...repositories, ...tags, digest, platform, os?.name, os?.version, reason].join(" ").toLowerCase();
}

function field(id, label, control) {
  return element("div", { class: "field" }, element("label", { for: id }, label), control);
}

function searchBox(query, screen) {
  return element("input", {
    id: "search",
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "name, tag, digest, reason",
    value: query.get("search") ?? "",
    oninput: (event) => screen.choose("search", event.target.value.trim()),
  });
}

function picker(name, label, choices, query, screen) {
  const chosen = query.get(name) ?? "";
  const options = [["", "all"], ...choices].map(([value, text]) =>
    element("option", { value, selected: value === chosen }, text),
  );
  const onchange = (event) => screen.choose(name, event.target.value);
  return field(name, label, element("select", { id: name, autocomplete: "off", onchange }, options));
}
