/** Narrowing the list of images down, by the query of the address. */

import { HEALTHS, SEVERITIES, healthWord } from "./badges.js";
import { element } from "./elements.js";

// What an image is narrowed down by: the name in the address, and whether an image is like that.
const TESTS = {
  registry: (image, wanted) => image.registry === wanted,
  repository: (image, wanted) => image.repositories.includes(wanted),
  health: (image, wanted) => image.health === wanted,
  severity: (image, wanted) => (image.severities[wanted] ?? 0) > 0,
};

/** Return a test for whether an image is wanted: each filter that is set holds, and every word of the search occurs. */
export function choice(query) {
  const set = Object.entries(TESTS).filter(([name]) => query.get(name));
  const words = (query.get("search") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (image) => {
    if (!set.every(([name, holds]) => holds(image, query.get(name)))) return false;
    if (!words.length) return true;
    const text = searchable(image);
    return words.every((word) => text.includes(word));
  };
}

/** Show the filters as they are set; a choice becomes part of the address. */
export function filters(all, query, screen) {
  const registry = query.get("registry");
  const near = registry ? all.filter((image) => image.registry === registry) : all;
  return element(
    "div",
    { class: "filters", role: "search", "aria-label": "Images" },
    picker("registry", "Registry", names(all.map((image) => image.registry)), query, screen),
    picker("repository", "Repository", names(near.flatMap((image) => image.repositories)), query, screen),
    picker("health", "Health", HEALTHS.map((health) => [health, healthWord(health)]), query, screen),
    picker("severity", "Findings", SEVERITIES.map(([severity]) => [severity, `with ${severity} ones`]), query, screen),
    field("search", "Search", searchBox(query, screen)),
  );
}

/** Everything that an image is called, also in one piece as one would paste it, and what is said of it. */
function searchable({ registry, repositories, tags, digest, platform, os, reason }) {
  const called = repositories.flatMap((name) => [
    `${registry}/${name}@${digest}`,
    ...tags.map((tag) => `${registry}/${name}:${tag}`),
  ]);
  return [...called, platform, os?.name, os?.version, reason].join(" ").toLowerCase();
}

function names(found) {
  return [...new Set(found)].sort().map((name) => [name, name]);
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
  // What the address asks for is shown as chosen, also where there is no such thing any more.
  const known = !chosen || choices.some(([value]) => value === chosen) ? choices : [...choices, [chosen, chosen]];
  const options = [["", "all"], ...known].map(([value, text]) =>
    element("option", { value, selected: value === chosen }, text),
  );
  const onchange = (event) => screen.choose(name, event.target.value);
  return field(name, label, element("select", { id: name, autocomplete: "off", onchange }, options));
}
