/** Making elements. Whatever text they get is shown as text: nothing an image brings is ever read as markup. */

// Control characters, and those that are invisible or turn the direction of writing: a name could disguise itself.
const DISGUISING = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Return a text with every disguising character written out, such as `\u{202e}`. */
export function visible(text) {
  return String(text).replace(DISGUISING, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

/**
 * Make an element. Attributes that are functions become listeners (`onclick`); null and false leave an attribute out.
 * Children are nodes, texts, numbers or lists of these; null and false are left out.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : visible(value));
    }
  }
  made.append(...nodes(children));
  return made;
}

/** Turn texts, numbers, nodes and nested lists of them into nodes. */
export function nodes(children) {
  return [children]
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(visible(child))));
}

/** Make a section under a heading. */
export function titled(title, ...content) {
  return element("section", {}, element("h2", {}, title), ...content);
}

/** Make text that only screen readers get. */
export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}

/** Make one of the icons of the page, by the name of its template; it means nothing to a screen reader. */
export function icon(name) {
  return document.getElementById(`icon-${name}`).content.firstElementChild.cloneNode(true);
}

/** Make a bar that is filled to a share, 0 to 1. */
export function bar(share) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const filled = document.createElementNS(space, "rect");
  drawing.setAttribute("class", "bar");
  drawing.setAttribute("aria-hidden", "true");
  filled.setAttribute("width", `${(share * 100).toFixed(1)}%`);
  filled.setAttribute("height", "100%");
  drawing.append(filled);
  return drawing;
}

/** Make a link to another site where an address is one of the web; anything else is shown as plain text. */
export function outsideLink(address, text = address) {
  if (!isWebAddress(address)) return element("span", {}, text);
  return element("a", { href: new URL(address).href, rel: "noopener noreferrer" }, text);
}

/** Say whether an address leads to the web, and not to a script or a file. */
export function isWebAddress(address) {
  return URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
}
