/** Taking what is known of an image elsewhere, as a file. */

import { ApiFailure, getFile, imagePath } from "./api.js";
import { element } from "./elements.js";

const FORMATS = [
  ["SBOM (CycloneDX)", "/sbom?format=cyclonedx"],
  ["SBOM (SPDX)", "/sbom?format=spdx"],
  ["SARIF", "/sarif"],
  ["CSV", "/findings.csv"],
];

/** Show a button for each format. */
export function exportsSection(image, screen) {
  const buttons = FORMATS.map(([label, rest]) => {
    const onclick = () => download(imagePath(image, rest), screen);
    return element("button", { type: "button", onclick }, label);
  });
  const attributes = { class: "exports", role: "group", "aria-label": "Download" };
  return element("div", attributes, element("span", {}, "Download"), buttons);
}

/** Save a file. A plain link could not bring the function key along. */
async function download(path, screen) {
  try {
    const { blob, name } = await getFile(path);
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: name }).click();
    // The browser reads the blob after the click: its address is given back only when it surely has.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    screen.say(`${name} is downloaded.`);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    screen.say(`Nothing was downloaded: ${error.message}`, true);
  }
}
