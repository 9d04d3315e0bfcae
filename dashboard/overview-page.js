/** How everything is, or a registry (`#/overview/registry`), or a repository (`#/overview/registry/repository`). */

import { get, list, orNull } from "./api.js";
import { HEALTHS, healthWord, severityBars } from "./badges.js";
import { crumbs } from "./crumbs.js";
import { element } from "./elements.js";
import { exposureSection } from "./exposure.js";
import { counted, number } from "./format.js";
import { byRegistry, byRepository, summed } from "./groups.js";
import { imageTable } from "./image-table.js";
import { progressOf, progressNotice } from "./progress.js";
import { overviewAddress } from "./route.js";
import { scoreTile } from "./score.js";
import { longTable } from "./table.js";
import { shownTime } from "./time-travel.js";
import { healthTiles } from "./totals.js";
import { trendSection } from "./trends.js";
import { howToPush } from "./welcome.js";

export const overview = {
  title: ({ parts: [registry, repository] }) => repository ?? registry ?? "Overview",

  async load({ parts: [registry, repository] }, signal) {
    const part = { registry, repository };
    const asked = new URLSearchParams(Object.entries(part).filter(([, value]) => value));
    const about = asked.size ? `?${asked}` : "";
    const [listed, score, status] = await Promise.all([
      list(`/api/images${about}`, signal),
      orNull(get(`/api/score${about}`, signal)),
      orNull(get("/api/status", signal)),
    ]);
    const { health, severities } = summed(listed.items);
    return { part, images: listed.items, complete: listed.complete, now: { health, severities }, score, status };
  },

  render(content, screen) {
    const { part, images, complete, now, score, status } = content;
    const way = wayTo(part);
    if (!images.length) return [way, none(part)];
    const progress = progressOf(images, status);
    screen.announce(`${counted(images.length, "image")}${progress ? `, ${progress}` : ""}`);
    return [
      way,
      progressNotice(progress),
      element(
        "section",
        { class: "totals overview", "aria-label": "Totals" },
        scoreTile(score),
        healthTiles(images, complete, null, (health) => imagesAddress(part, health)),
      ),
      trendSection(part, now, screen),
      exposureSection(part, now, screen),
      below(part, images, complete, screen),
    ];
  },
};

function wayTo({ registry, repository }) {
  if (!registry) return null;
  return repository ? crumbs({ registry }, repository) : crumbs({}, registry);
}

function none({ registry }) {
  if (shownTime()) return element("p", { class: "notice" }, "No image was known then.");
  return registry ? element("p", { class: "notice" }, "No image is known here.") : howToPush();
}

function imagesAddress(part, health) {
  const query = new URLSearchParams({ health });
  for (const [name, value] of Object.entries(part)) if (value) query.set(name, value);
  return `#/?${query}`;
}

/** What is one level down. */
function below({ registry, repository }, images, complete, screen) {
  const text = `Only the worst ${counted(images.length, "image")} are counted.`;
  const cut = complete ? null : element("p", { class: "notice" }, text);
  return element("section", {}, ...level(registry, repository, images, screen), cut);
}

function level(registry, repository, images, screen) {
  if (repository) return [element("h2", {}, "Images"), imageTable(images, screen)];
  const ofRegistry = (name) => overviewAddress(registry, name);
  if (registry) return groupTable("Repositories", byRepository(images), ofRegistry, screen);
  return groupTable("Registries", byRegistry(images), (name) => overviewAddress(name), screen);
}

function groupTable(caption, groups, addressOf, screen) {
  const most = groups.reduce((highest, { severities }) => Math.max(highest, ...Object.values(severities)), 0);
  const link = ({ name }) => element("a", { href: addressOf(name) }, name);
  const columns = [
    { head: caption === "Registries" ? "Registry" : "Repository", cell: link, rowHeader: true, kind: "name" },
    { head: "Images", cell: ({ images }) => number(images.length), kind: "count" },
    { head: "Health", cell: healthCounts, kind: "healths" },
    { head: "Open findings", cell: (group) => findings(group, most) },
  ];
  return [
    element("h2", {}, `${caption} (${number(groups.length)})`),
    longTable({ caption, columns, items: groups, keyOf: ({ name }) => name }, screen),
  ];
}

function healthCounts({ health }) {
  const present = HEALTHS.filter((name) => health[name]);
  return element(
    "ul",
    { class: "health-counts" },
    present.map((name) => element("li", { class: `badge ${name}` }, `${number(health[name])} ${healthWord(name)}`)),
  );
}

function findings({ health, severities, images }, most) {
  if (Object.values(severities).some(Boolean)) return severityBars(severities, most);
  if (health.unsupported === images.length) return "–";
  // Nothing found is no good news where not everything was looked at.
  return health.healthy + health.unhealthy === images.length ? "none" : "none known";
}
