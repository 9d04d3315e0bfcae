/** One image: what is known of it, what to do, its findings and its history. */

import { ApiFailure, get, imagePath, list } from "./api.js";
import { healthBadge, severityText } from "./badges.js";
import { crumbs } from "./crumbs.js";
import { element } from "./elements.js";
import { exportsSection } from "./exports.js";
import { facts } from "./facts.js";
import { findingsSection } from "./findings.js";
import { counted, imageName, shortDigest, when } from "./format.js";
import { historySection } from "./history.js";
import { clocksSection } from "./image-clocks.js";
import { adviceNotices, tagsSection } from "./image-tags.js";
import { tagUses } from "./tag-uses.js";
import { baseName, upgradesSection } from "./upgrades.js";

export const image = {
  title: ({ parts }, content) => (content?.image ? imageName(content.image) : shortDigest(parts[1] ?? "Image")),

  async load({ parts: [registry = "", digest = ""] }, signal, before) {
    const about = { registry, digest };
    const found = await imageOrGone(about, signal);
    // Whatever changes findings or history shows in the image too: most refreshes need not read them again.
    if (before?.image && JSON.stringify(found.image) === JSON.stringify(before.image)) return { ...before, ...found };
    const [findings, history, ...tags] = await Promise.all([
      found.image ? list(imagePath(about, "/findings"), signal) : { items: [], complete: true },
      list(imagePath(about, "/history"), signal),
      ...(found.image?.repositories ?? []).map((repository) => tagUses(registry, repository, null, signal)),
    ]);
    return { ...found, findings, history, uses: tags.flatMap(({ items }) => items) };
  },

  render({ image: found, gone, findings, history, uses }, screen) {
    const [registry, digest] = screen.route.parts;
    const way = crumbs(found ?? { registry }, found ? imageName(found) : shortDigest(digest ?? ""));
    if (!found) return [way, ...goneSections(registry, digest, gone, history, screen)];
    screen.announce(`${found.health}${found.scanning ? ", scan under way" : ""}`);
    return [
      way,
      adviceNotices(found, uses),
      summary(found),
      found.lastScan ? exportsSection(found, screen) : null,
      upgradesSection(found.upgrades),
      findingsSection(found, findings, screen),
      found.lastScan ? clocksSection(found, found, screen) : null,
      tagsSection(found, uses, screen),
      historySection(history, screen),
    ];
  },
};

function goneSections(registry, digest, gone, history, screen) {
  return [
    element("p", { class: "notice" }, gone),
    history.items.length ? clocksSection({ registry, digest }, history.items.length, screen) : null,
    historySection(history, screen),
  ];
}

/** A deleted image has no health any more, but its history remains. */
async function imageOrGone(about, signal) {
  try {
    return { image: await get(imagePath(about), signal), gone: null };
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return { image: null, gone: error.message };
    throw error;
  }
}

function summary(found) {
  return element(
    "section",
    { class: "card", "aria-label": "Summary" },
    element("p", { class: "verdict" }, healthBadge(found), " ", element("span", {}, found.reason)),
    element("p", { class: "reference" }, element("code", {}, `${found.registry}/${found.repository}@${found.digest}`)),
    facts([
      ["Open findings", found.lastScan ? severityText(found.severities) : null],
      ["Undetermined", found.undetermined ? counted(found.undetermined, "finding") : null],
      ["Disabled", found.disabledFindings ? counted(found.disabledFindings, "finding") : null],
      ["Last failure", found.failure],
      ["Repositories", found.repositories.join(", ")],
      ["Tags", found.tags.join(", ")],
      ["Platform", found.platform],
      ["Distribution", found.os ? `${found.os.name} ${found.os.version}` : null],
      ["Base image", found.base ? [...baseName(found.base.base), " ", found.base.advice] : null],
      ["Packages", found.packages ? counted(found.packages, "package") : null],
      ["First seen", when(found.firstSeen)],
      ["Last pushed", when(found.lastPushed)],
      ["Last pulled", found.lastPulled ? when(found.lastPulled) : "never seen"],
      ["Last scan", found.lastScan ? [when(found.lastScan.time), ` (${found.lastScan.trigger})`] : "none yet"],
      ["Advisories", found.lastScan?.advisorySnapshot ? element("code", {}, found.lastScan.advisorySnapshot) : null],
      ["Charged", found.charged ? "yes, once" : "no"],
    ]),
  );
}
