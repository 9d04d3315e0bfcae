/** The function key that the API may ask for: kept for this tab only, and never part of an address. */

const NAME = "plimsoll.function-key";

const dialog = document.getElementById("key-dialog");
const form = document.getElementById("key-form");
const field = document.getElementById("key");
const refusal = document.getElementById("key-refused");
const forget = document.getElementById("forget-key");

let asking = null;
let declined = 0;

/** Return the key, or null. */
export function storedKey() {
  return sessionStorage.getItem(NAME);
}

/** Return how often the dialog was closed without a key. */
export function timesDeclined() {
  return declined;
}

/** Ask for a key and keep it; resolves to whether there is a new one. Who asks meanwhile gets the same answer. */
export function askForKey() {
  asking ??= answered(storedKey() !== null).then((given) => {
    asking = null;
    declined += given ? 0 : 1;
    return given;
  });
  return asking;
}

/** Show the button that forgets the key while there is one. */
export function offerToForget() {
  forget.hidden = storedKey() === null;
}

function answered(refused) {
  refusal.hidden = !refused;
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "given"), { once: true });
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(NAME, field.value);
  field.value = "";
  offerToForget();
  dialog.close("given");
});
document.getElementById("key-cancel").addEventListener("click", () => dialog.close(""));
forget.addEventListener("click", () => {
  sessionStorage.removeItem(NAME);
  location.reload();
});
