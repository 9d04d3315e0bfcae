/**
 * Turning what is shown into what shall be shown by the fewest changes, so that focus, scrolling, selected text, open
 * details and half-typed words stay where they are when a page refreshes itself.
 */

/** Make the children of an element equal to the given nodes. Children with the same `data-key` are the same. */
export function morph(parent, wanted) {
  const focused = document.activeElement;
  morphChildren(parent, wanted);
  // A node that changes its place loses the focus.
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

function morphChildren(parent, wanted) {
  const keyed = new Map([...parent.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let place = parent.firstChild;
  for (const next of wanted) {
    const found = keyOf(next) ? keyed.get(keyOf(next)) : place;
    if (found && alike(found, next)) {
      if (found === place) place = place.nextSibling;
      else parent.insertBefore(found, place);
      morphNode(found, next);
    } else {
      parent.insertBefore(next, place);
    }
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}

function keyOf(node) {
  return node.dataset?.key;
}

function alike(current, next) {
  return current.nodeName === next.nodeName && keyOf(current) === keyOf(next);
}

function morphNode(current, next) {
  if (current.nodeType !== Node.ELEMENT_NODE) {
    if (current.nodeValue !== next.nodeValue) current.nodeValue = next.nodeValue;
    return;
  }
  morphAttributes(current, next);
  // An element of our own draws what is in it by itself.
  if (current.localName.includes("-")) return;
  morphChildren(current, [...next.childNodes]);
  if ("value" in current && !isTheirs(current) && current.value !== next.value) current.value = next.value;
}

/** What somebody is typing or choosing right now is theirs, and so is what only the field itself keeps (`data-own`). */
function isTheirs(field) {
  return field === document.activeElement || "own" in field.dataset;
}

function morphAttributes(current, next) {
  for (const { name, value } of next.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  for (const { name } of [...current.attributes]) {
    // Whether details are open is the reader's choice.
    if (!next.hasAttribute(name) && name !== "open") current.removeAttribute(name);
  }
}
