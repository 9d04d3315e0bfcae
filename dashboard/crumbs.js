/** Where the reader is: everything, a registry, a repository, an image. */

import { element } from "./elements.js";
import { overviewAddress } from "./route.js";

/** Show the way down to a place; `last` names what is shown itself. */
export function crumbs({ registry, repository }, last) {
  const way = [
    ["All registries", overviewAddress()],
    registry && [registry, overviewAddress(registry)],
    repository && [repository, overviewAddress(registry, repository)],
  ].filter(Boolean);
  const links = way.map(([name, href]) => element("li", {}, element("a", { href }, name)));
  const here = element("li", { "aria-current": "page" }, last);
  return element("nav", { class: "crumbs", "aria-label": "Breadcrumbs" }, element("ol", {}, links, here));
}
