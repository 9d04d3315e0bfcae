/** What the first page says while there is no image. */

import { element } from "./elements.js";

const LOCAL_REGISTRY = "127.0.0.1:5055";
const LOCAL_HINT = "The local registry listens on another port if it was started with one.";

/** Say how to push an image. */
export function howToPush() {
  const local = ["127.0.0.1", "localhost"].includes(location.hostname);
  const registry = local ? LOCAL_REGISTRY : "<registry>.azurecr.io";
  const commands = [`docker tag alpine:3.20 ${registry}/alpine:3.20`, `docker push ${registry}/alpine:3.20`];
  return element(
    "section",
    { class: "welcome" },
    element("h2", {}, "No image is known yet"),
    element("p", {}, "An image appears here as soon as it is pushed to a registry that is watched:"),
    element("pre", {}, element("code", {}, commands.join("\n"))),
    element("p", { class: "minor" }, local ? LOCAL_HINT : "The setting REGISTRIES says which ones are watched."),
  );
}
