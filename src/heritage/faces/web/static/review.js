// Single keys for the buttons and links that show one, and for the reasons of which one is asked for where it is not the
// object. They can be switched off: whoever speaks to the computer, or leans on a key, must not decide by accident.

const CHOICE = "heritage review keys";
const choice = document.querySelector(".keys-choice");

if (choice) {
  const form = document.querySelector("form.decision");
  const box = choice.querySelector("input");
  box.checked = localStorage.getItem(CHOICE) !== "off";
  box.addEventListener("change", () => localStorage.setItem(CHOICE, box.checked ? "on" : "off"));
  choice.hidden = false;
  let isSent = false;
  form?.addEventListener("submit", () => (isSent = true));
  addEventListener("pageshow", () => (isSent = false));
  addEventListener("keydown", (event) => {
    if (!box.checked || isSent || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const wanted = document.querySelector(`main [data-key="${CSS.escape(event.key.toLowerCase())}"]`) ?? chosen(event.key);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.value === "rejected" && !hasReason()) form.elements.reason.focus();
    else wanted.click();
  });

  // The key of a reason is the word that it is not the object, for that reason.
  function chosen(key) {
    if (!/^[1-9]$/.test(key) || !form?.querySelector(`[name=reason] option[value="${key}"]`)) return null;
    form.elements.reason.value = key;
    return form.querySelector("[value=rejected]");
  }

  function hasReason() {
    return Boolean(form.elements.reason.value || form.elements.note.value.trim());
  }
}
