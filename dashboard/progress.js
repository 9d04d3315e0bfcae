/** What is being worked on right now. */

import { element } from "./elements.js";
import { counted } from "./format.js";
import { shownTime } from "./time-travel.js";

/** Say how many images are being scanned and how much waits, or return an empty text where nothing does. */
export function progressOf(images, status) {
  if (shownTime()) return "";
  const scanning = images.filter((image) => image.scanning).length;
  // A message stays in the queue, out of sight, while it is worked on.
  const waiting = Math.max(0, (status?.queues?.scans ?? 0) - scanning);
  const told = [
    scanning ? `${counted(scanning, "image is", "images are")} being scanned` : "",
    waiting ? `${counted(waiting, "scan waits", "scans wait")} in the queue` : "",
  ];
  return told.filter(Boolean).join(", ");
}

/** Show it, with a mark that breathes; it changes by itself. */
export function progressNotice(progress) {
  return progress ? element("p", { class: "progress" }, element("span", { class: "scanning" }, progress)) : null;
}
