/** The registries that are or were watched: their state, and what their last reconciliation looked at. */

import { element, icon, titled } from "./elements.js";
import { counted, number, when, whenAgo } from "./format.js";
import { overviewAddress } from "./route.js";
import { longTable } from "./table.js";

const TITLE = "Registries";
const COLUMNS = [
  { head: "Registry", cell: name, rowHeader: true, kind: "name" },
  { head: "State", cell: state, kind: "reason" },
  { head: "Since", cell: ({ since }) => when(since), kind: "time" },
  { head: "Images", cell: ({ images }) => number(images), kind: "count" },
  { head: "Last push", cell: ({ lastPush }) => whenAgo(lastPush), kind: "time" },
  { head: "Last reconciliation", cell: reconciliation, kind: "reason" },
];
const BADGES = new Map([
  ["enabled", ["healthy", "healthy"]],
  ["failed", ["unhealthy", "warning"]],
]);

/** Show the registries; `listed` is null where they cannot be had. */
export function registriesSection(listed, screen) {
  if (listed === null) return titled(TITLE, element("p", { class: "notice" }, "Which are watched cannot be had now."));
  const { items } = listed;
  if (!items.length) return titled(TITLE, element("p", {}, "None is watched."));
  const keyOf = ({ loginServer }) => loginServer;
  return titled(TITLE, longTable({ caption: TITLE, columns: COLUMNS, items, keyOf }, screen));
}

function name({ loginServer, location, sources, images }) {
  const shown = images ? element("a", { href: overviewAddress(loginServer) }, loginServer) : loginServer;
  const about = [location, sources.length ? `from ${sources.join(" and ")}` : ""].filter(Boolean).join(", ");
  return [shown, about ? element("span", { class: "minor" }, about) : null];
}

function state({ state: word, reason, accessFailure }) {
  const [kind, shape] = BADGES.get(word) ?? ["unsupported", "unsupported"];
  const badge = element("span", { class: `badge ${kind}` }, icon(shape), word.replace("-", " "));
  return [badge, reason ? ` ${reason}` : "", accessFailure ? unread(accessFailure) : null];
}

function unread({ images, message, time }) {
  const text = ` ${counted(images, "image")} could not be read: ${message} (`;
  return element("p", { class: "high" }, icon("warning"), text, whenAgo(time), ")");
}

function reconciliation({ lastReconciliation: last, reconciling }) {
  const now = reconciling ? element("span", { class: "scanning" }, "under way…") : null;
  if (!last) return now ?? "none yet";
  const { endedAt, failed, problem, found, untagged, closed } = last;
  const changes = `${number(found)} found, ${number(untagged)} untagged, ${number(closed)} closed`;
  return [
    whenAgo(endedAt),
    failed ? element("p", { class: "high" }, icon("warning"), ` ${uncovered(failed)}: ${problem}`) : null,
    element("span", { class: "minor" }, `looked at ${looked(last)}: ${changes}`),
    now,
  ];
}

function looked({ repositories, manifests }) {
  return `${counted(repositories, "repository", "repositories")}, ${counted(manifests, "manifest")}`;
}

function uncovered(failed) {
  return `${counted(failed, "repository", "repositories")} could not be compared`;
}
