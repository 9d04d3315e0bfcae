/** The page for addresses that lead nowhere. */

import { element } from "./elements.js";

export const missing = {
  title: () => "Not found",
  load: async () => ({}),
  render: () => element("p", {}, "This address leads nowhere. ", element("a", { href: "#/" }, "Show all images")),
};
