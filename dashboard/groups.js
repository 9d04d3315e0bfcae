/** Images put together by registry or repository, with what they add up to. */

import { HEALTHS, SEVERITIES } from "./badges.js";

/** Put images together by registry: `[{name, images, health, severities}]`, the worst first. */
export function byRegistry(images) {
  return grouped(images, (image) => [image.registry]);
}

/** Put images together by repository; an image that lies in several is in each of them. */
export function byRepository(images) {
  return grouped(images, (image) => image.repositories);
}

/** Add images up: `{images, health, severities}`, the latter two by name. */
export function summed(images) {
  const health = Object.fromEntries(HEALTHS.map((name) => [name, 0]));
  const severities = Object.fromEntries(SEVERITIES.map(([name]) => [name, 0]));
  for (const image of images) {
    health[image.health] += 1;
    for (const name of Object.keys(severities)) severities[name] += image.severities[name] ?? 0;
  }
  return { images, health, severities };
}

function grouped(images, namesOf) {
  const groups = new Map();
  for (const image of images) {
    for (const name of namesOf(image)) {
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(image);
    }
  }
  return [...groups].map(([name, own]) => ({ name, ...summed(own) })).sort(worstFirst);
}

function worstFirst(one, other) {
  for (const [severity] of SEVERITIES) {
    const difference = other.severities[severity] - one.severities[severity];
    if (difference) return difference;
  }
  return other.health["not-assessed"] - one.health["not-assessed"] || one.name.localeCompare(other.name, "en");
}
