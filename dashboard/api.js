/** Asking the API. Every question is put as of the time that is shown. */

import { askForKey, storedKey, timesDeclined } from "./function-key.js";
import { shownTime } from "./time-travel.js";

const MOST_PAGES = 10;
const PAGE = 1000;

/** An answer that is an error: HTTP status (0 where there was no answer at all), code and message. */
export class ApiFailure extends Error {
  constructor(status, code, message, options) {
    super(message, options);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
  }
}

/** Write the path of something about an image. */
export function imagePath({ registry, digest }, rest = "") {
  return `/api/images/${segment(registry)}/${segment(digest)}${rest}`;
}

/** Write one segment of a path; the colon of ports and digests may stay as it is. */
export function segment(text) {
  return encodeURIComponent(text).replaceAll("%3A", ":");
}

/** Get one JSON answer, asking for a key where one is needed; throws ApiFailure. */
export async function get(path, signal) {
  return read(await ask(path, { signal }));
}

/** Send something to the API and get its JSON answer; throws ApiFailure. `headers` are added to the usual ones. */
export async function send(method, path, body, { signal, headers = {} } = {}) {
  const sent = { "content-type": "application/json", ...headers };
  return read(await ask(path, { method, headers: sent, body: body && JSON.stringify(body), signal }));
}

/** Get a file: `{blob, name}`; throws ApiFailure. */
export async function getFile(path) {
  const response = await ask(path, {});
  if (!response.ok || response.type === "opaqueredirect") return read(response);
  const [, name = "download"] = /filename="([\w.-]+)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
  return { blob: await response.blob(), name };
}

/** Get a list, page after page up to a limit: `{items, complete, about}`; `about` is what its first page says besides. */
export async function list(path, signal) {
  const items = [];
  let about = null;
  let next = `${path}${path.includes("?") ? "&" : "?"}top=${PAGE}`;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { value, nextLink, ...rest } = await get(next, signal);
    items.push(...value);
    about ??= rest;
    if (!nextLink) return { items, complete: true, about };
    // Whatever host a proxy wrote into the link: the next page is where this one was.
    const link = new URL(nextLink, location.origin);
    next = link.pathname + link.search;
  }
  return { items, complete: false, about };
}

/** Wait for an answer that is worth less than the rest of a page: null where it cannot be had. */
export async function orNull(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiFailure && error.status !== 401) return null;
    throw error;
  }
}

/** Ask until there is an answer or nobody has a key. */
async function ask(path, request) {
  for (;;) {
    const key = storedKey();
    const before = timesDeclined();
    const response = await askOnce(path, key, request);
    if (response.status !== 401) return response;
    // Whoever closed the dialog while this was under way is not asked again.
    if (storedKey() === key && (timesDeclined() !== before || !(await askForKey()))) {
      throw new ApiFailure(401, "KeyNeeded", "The API asks for a key.");
    }
  }
}

async function askOnce(path, key, request) {
  const url = new URL(path, location.origin);
  if (shownTime()) url.searchParams.set("asOf", shownTime());
  const headers = key === null ? request.headers : { ...request.headers, "x-functions-key": key };
  try {
    return await fetch(url, { ...request, headers, cache: "no-store", redirect: "manual" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ApiFailure(0, "Unreachable", "The API cannot be reached; trying again.", { cause: error });
  }
}

async function read(response) {
  if (response.type === "opaqueredirect") {
    throw new ApiFailure(401, "SignInNeeded", "You are signed out: reload the page to sign in.");
  }
  const body = await parsed(response);
  if (response.ok && body !== null) return body;
  const { code = "Unreadable", message = `The API answered with status ${response.status}.` } = body?.error ?? {};
  throw new ApiFailure(response.status, code, message);
}

async function parsed(response) {
  try {
    return await response.json();
  } catch (error) {
    // A gateway in between answers with a page of its own: its status says all that there is.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
