/** The dialog in which somebody confirms that the plan shall be turned on or off, and says why. */

const WORDS = {
  on: ["Turn the plan on?", "All registries are reconciled: what came meanwhile is scanned, and charged."],
  off: [
    "Turn the plan off?",
    "Nothing is scanned or charged until it is on again, and no gate passes. What is known stays, and grows old. " +
      "Pushes, pulls and deletions are still recorded.",
  ],
};

const dialog = document.getElementById("plan-dialog");
const form = document.getElementById("plan-form");
const field = document.getElementById("plan-reason");

/** Ask whether the plan shall be turned on or off, and why; resolves to the reason, or null where it shall not. */
export function reasonToTurn(on) {
  const [title, about] = WORDS[on ? "on" : "off"];
  document.getElementById("plan-title").textContent = title;
  document.getElementById("plan-about").textContent = about;
  document.getElementById("plan-confirm").textContent = on ? "Turn it on" : "Turn it off";
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const closed = () => resolve(dialog.returnValue === "given" ? field.value.trim() : null);
    dialog.addEventListener("close", closed, { once: true });
  });
}

// What is only blank is no reason.
field.addEventListener("input", () => {
  field.setCustomValidity(field.value && !field.value.trim() ? "say why" : "");
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  dialog.close("given");
});
document.getElementById("plan-cancel").addEventListener("click", () => dialog.close(""));
