/** What is being worked on right now. */

import { element } from "./elements.js";
import { counted } from "./format.js";
import { shownTime } from "./time-travel.js";

/** Say how many images are being scanned, and how long the queue is; an empty text where none is. */
export function progressOf(images, status) {
  if (shownTime()) return "";
  const scanning = images.filter((image) => image.scanning).length;
  if (!scanning) return "";
  // Reminders that wait for their time are in the queue as well: alone they say nothing of work that is under way.
  const queue = status?.queues?.scans ? `, ${counted(status.queues.scans, "message")} in the queue` : "";
  return `${counted(scanning, "image is", "images are")} being scanned${queue}`;
}

/** Show it, with a mark that breathes; it changes by itself. */
export function progressNotice(progress) {
  return progress ? element("p", { class: "progress" }, element("span", { class: "scanning" }, progress)) : null;
}
