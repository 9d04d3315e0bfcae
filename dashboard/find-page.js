/** Finding images by what is in them, or by what they are called: `#/find?what=`. */

import { get, list } from "./api.js";
import { healthBadge, severityBadge } from "./badges.js";
import { element } from "./elements.js";
import { choice } from "./filters.js";
import { counted, digestText, imageName, number } from "./format.js";
import { address, imageAddress } from "./route.js";
import { longTable } from "./table.js";

const MOST = 1000;
const SHOWN = 5;
// A package with its version as people write it: "openssl 3.0.1", "requests==2.31.0", "@angular/core@17.0.0".
const WITH_VERSION = /^(.+?)(?:\s+|==?|@)(\S+)$/;

const COLUMNS = [
  { head: "Health", cell: ({ image }) => healthBadge(image), kind: "health" },
  { head: "Image", cell: ({ image }) => name(image), rowHeader: true, kind: "name" },
  { head: "Found", cell: found, kind: "advice" },
];

export const find = {
  title: () => "Find",

  async load(route, signal) {
    const what = wanted(route);
    if (!what) return { what };
    const [images, ...answers] = await Promise.all([
      list("/api/images", signal),
      ...questions(what).map((query) => get(`/api/findings?${new URLSearchParams({ ...query, top: MOST })}`, signal)),
    ]);
    return { what, hits: hits(what, images.items, answers), ...doubts(images, answers) };
  },

  render(content, screen) {
    const box = form(wanted(screen.route));
    if (!content.what) return [box, element("p", { class: "summary" }, "By a CVE or alias, a package, a name or a digest.")];
    const summary = `${counted(content.hits.length, "image")} found`;
    screen.announce(summary);
    const keyOf = ({ image }) => imageAddress(image);
    const table = { caption: "Images found", columns: COLUMNS, items: content.hits, keyOf };
    return [
      box,
      element("p", { class: "summary" }, summary),
      content.hits.length ? longTable(table, screen) : notice(`No image is known to have “${content.what}”.`),
      content.cut ? notice("There is more than is listed: say more exactly what to find.") : null,
      content.unknown ? notice(`${counted(content.unknown, "image")} may have more: not assessed, or unreadable.`) : null,
    ];
  },
};

function notice(text) {
  return element("p", { class: "notice" }, text);
}

function wanted({ query }) {
  return (query.get("what") ?? "").trim();
}

/** What is asked of the findings: a word may name a flaw or a package, two are a package and its version. */
function questions(what) {
  if (what.startsWith("sha256:")) return [];
  const [, name, version] = WITH_VERSION.exec(what) ?? [];
  return name ? [{ package: name, version }] : [{ cve: what }, { package: what }];
}

/** Put findings together by their image, the worst first; images that are only called so come after them. */
function hits(what, images, answers) {
  const all = new Map();
  for (const finding of answers.flatMap(({ value }) => value)) {
    const key = imageAddress(finding.image);
    if (!all.has(key)) all.set(key, { image: finding.image, findings: [] });
    all.get(key).findings.push(finding);
  }
  const called = images.filter(choice(new URLSearchParams({ search: what })));
  const others = called.filter((image) => !all.has(imageAddress(image)));
  return [...all.values(), ...others.map((image) => ({ image, findings: [] }))];
}

/** Say what the answer leaves open: whether it was cut off, and how many images nothing is known of. */
function doubts({ items, complete }, answers) {
  const unknown = new Set(items.filter((image) => image.health === "not-assessed").map(imageAddress));
  for (const image of answers.flatMap(({ unreadable }) => unreadable?.images ?? [])) unknown.add(imageAddress(image));
  return { cut: !complete || answers.some(({ nextLink }) => nextLink), unknown: unknown.size };
}

function form(what) {
  const submit = (event) => {
    event.preventDefault();
    location.hash = address("find", new URLSearchParams({ what: event.target.elements.what.value.trim() }));
  };
  return element(
    "form",
    { class: "filters", role: "search", "aria-label": "Images", onsubmit: submit },
    element(
      "div",
      { class: "field" },
      element("label", { for: "what" }, "CVE, package or image"),
      element("input", {
        id: "what",
        name: "what",
        type: "search",
        autocomplete: "off",
        spellcheck: "false",
        maxlength: "300",
        placeholder: "CVE-2026-0001, openssl 3.0.1, team/shop",
        value: what,
      }),
    ),
    element("button", { type: "submit", class: "primary" }, "Find"),
  );
}

function name(image) {
  return [
    element("a", { href: imageAddress(image) }, imageName(image)),
    element("span", { class: "minor" }, image.registry, " · ", digestText(image.digest)),
  ];
}

function found({ findings }) {
  if (!findings.length) return "called so";
  const more = findings.length - SHOWN;
  return element(
    "ul",
    { class: "plain" },
    findings.slice(0, SHOWN).map((finding) => element("li", {}, one(finding))),
    more > 0 ? element("li", {}, `and ${number(more)} more`) : null,
  );
}

function one({ cve, advisory, severity, package: { name: packageName, version }, fixedVersion, disabledBy }) {
  const fix = fixedVersion ? `fixed in ${fixedVersion}` : "no fix yet";
  const details = `${packageName} ${version}, ${fix}${disabledBy ? ", disabled by a rule" : ""}`;
  return [severityBadge(severity), " ", cve ?? advisory, element("span", { class: "minor" }, details)];
}
