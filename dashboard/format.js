/** Numbers, times and names as people read them. */

import { element } from "./elements.js";

const NUMBER = new Intl.NumberFormat("en");
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const PERCENT = new Intl.NumberFormat("en", { style: "percent", roundingMode: "floor", maximumFractionDigits: 0 });
const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Write a number with its thousands apart. */
export function number(value) {
  return NUMBER.format(value);
}

/** Write how many there are of something: `1 image`, `2 images`. */
export function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Write a share, 0 to 1, in whole percent; what is not all of it is never written as 100 %. */
export function percent(share) {
  return PERCENT.format(share);
}

/** Write a number of days: `less than a day`, `6.5 days`, `23 days`. */
export function daysText(days) {
  if (days < 1) return "less than a day";
  const rounded = days < 10 ? Math.round(days * 10) / 10 : Math.round(days);
  return counted(rounded, "day");
}

/** Say how long ago an RFC 3339 time was. */
export function ago(time) {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  return step ? RELATIVE.format(Math.trunc(seconds / step[1]), step[0]) : "just now";
}

/** Say how much time passed since an RFC 3339 time, as short as a figure: `25 min`, `3 days`. */
export function age(time) {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  const [unit, length] = STEPS.find(([, least]) => seconds >= least) ?? ["minute", 60];
  const format = { style: "unit", unit, unitDisplay: "short" };
  return new Intl.NumberFormat("en", format).format(Math.trunc(seconds / length));
}

/** Write an RFC 3339 time as `2026-11-22 10:15 UTC`; seconds on demand. */
export function utc(time, withSeconds = false) {
  const written = new Date(time);
  if (Number.isNaN(written.valueOf())) return "unknown";
  return `${written.toISOString().replace("T", " ").slice(0, withSeconds ? 19 : 16)} UTC`;
}

/** Show how long ago a time was, with the time itself as a tooltip; a dash where there is none. */
export function whenAgo(time) {
  return time ? element("time", { datetime: time, title: utc(time, true) }, ago(time)) : "–";
}

/** Show a time to the minute; a dash where there is none. */
export function when(time) {
  return time ? element("time", { datetime: time, title: ago(time) }, utc(time)) : "–";
}

/** Shorten a digest to what tells it apart: `sha256:0123456789ab`. */
export function shortDigest(digest) {
  return digest.replace(/^(sha\d+:[0-9a-f]{12})[0-9a-f]+$/, "$1");
}

/** Show a digest shortened, with all of it as a tooltip. */
export function digestText(digest) {
  return digest ? element("code", { title: digest }, shortDigest(digest)) : "–";
}

/** Name an image as people do: repository and first tag, or repository and digest. */
export function imageName({ repository, tags, digest }) {
  return tags.length ? `${repository}:${tags[0]}` : `${repository}@${shortDigest(digest)}`;
}
