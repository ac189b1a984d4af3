// Single keys for the buttons and links that show one. They can be switched off: whoever speaks to the computer, or
// leans on a key, must not decide by accident.

const CHOICE = "heritage review keys";
const choice = document.querySelector(".keys-choice");

if (choice) {
  const box = choice.querySelector("input");
  box.checked = localStorage.getItem(CHOICE) !== "off";
  box.addEventListener("change", () => localStorage.setItem(CHOICE, box.checked ? "on" : "off"));
  choice.hidden = false;
  let isSent = false;
  document.querySelector("form.decision")?.addEventListener("submit", () => (isSent = true));
  addEventListener("pageshow", () => (isSent = false));
  addEventListener("keydown", (event) => {
    if (!box.checked || isSent || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const wanted = document.querySelector(`main [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });
}
