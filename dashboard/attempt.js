/** Doing something by the API, and saying what became of it. */

import { ApiFailure } from "./api.js";

/** Do something, say why where it failed, then show what the API knows; `what` is what a reader may not do. */
export async function attempt(screen, what, act) {
  const { route } = screen;
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    screen.say(explained(error, what), true);
  }
  if (screen.route === route && location.hash === route.hash) await screen.refresh();
}

function explained({ status, message }, what) {
  if (status === 403) return `You may read but not ${what}: ${message}. Nothing was changed.`;
  // Without an answer, or with one of a gateway, the change may have come about all the same.
  if (status === 0 || status >= 500) return `Look at what is shown: the change may be made or not. ${message}`;
  return `Nothing was changed: ${message}`;
}
