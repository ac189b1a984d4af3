// Says while somebody types how complete a record is (the server weighs it again, with the same weights), and keeps what
// they typed if their session has ended meanwhile.

import { DRAFT, keeper } from "./heritage.js";

export function enlivenOne(form) {
  const [photographWeight, furtherWeight] = form.dataset.weights.split(",").map(Number);
  const meter = form.querySelector(".complete meter");
  const share = form.querySelector(".complete .share");
  const missing = form.querySelector(".complete .missing");
  const files = form.querySelector("[name=image]");
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 0 });
  const { heading } = missing.dataset;

  function lacking() {
    const kept = [...form.querySelectorAll(".photo-rows li")].filter((row) => !row.querySelector("[type=checkbox]").checked);
    const views = kept.map((row) => row.querySelector("select").value);
    for (const _ of files.files) views.push(form.elements.view.value);
    const hasSides = views.length > 1 && (new Set(views).size > 1 || views.includes(""));
    const parts = [
      [photographWeight, form.dataset.photographs, views.length > 0],
      [furtherWeight, form.dataset.further, hasSides],
    ];
    for (const field of form.querySelectorAll("[data-weight]")) {
      const label = field.querySelector("label").textContent.trim().toLocaleLowerCase();
      parts.push([Number(field.dataset.weight), label, field.querySelector("textarea").value.trim() !== ""]);
    }
    return parts.filter(([, , has]) => !has).sort(([one], [other]) => other - one);
  }

  function tell() {
    const lacks = lacking();
    const score = 1 - lacks.reduce((sum, [weight]) => sum + weight, 0) / 100;
    meter.value = score;
    share.textContent = percent.format(score);
    missing.textContent = lacks.length ? `${heading} ${lacks.map(([, label]) => label).join(", ")}` : "";
  }

  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
  tell();

  keepDraft(form);

  // A second click while the first is under way would only wait for it.
  form.addEventListener("submit", () => {
    requestAnimationFrame(() => (form.querySelector(".complete button").disabled = true));
  });
  addEventListener("pageshow", () => (form.querySelector(".complete button").disabled = false));

  // At the first thing to mend; its description is read with it.
  form.querySelector("[aria-invalid=true], .other")?.closest(".field, div")?.querySelector("input, textarea, select")?.focus();
}

const NOT_TYPED = ["file", "hidden", "submit"];

/** For this tab and this person alone. Where the server shows the form again, it has everything in it already. */
function keepDraft(form) {
  const name = DRAFT + location.pathname;
  const typed = () => [...form.elements].filter(({ name: field, type }) => field && !NOT_TYPED.includes(type));
  try {
    const { by, values } = JSON.parse(sessionStorage.getItem(name) ?? "{}");
    if (by === keeper() && values.length === typed().length && !document.querySelector(".problem, .field-problem")) {
      typed().forEach((field, place) => Object.assign(field, values[place]));
      form.dispatchEvent(new Event("input"));
      form.querySelector(".restored").hidden = false;
    }
    sessionStorage.removeItem(name);
    form.addEventListener("submit", () => {
      const now = typed().map(({ type, value, checked }) => (type === "checkbox" ? { checked } : { value }));
      sessionStorage.setItem(name, JSON.stringify({ by: keeper(), values: now }));
    });
  } catch {
    // a browser that keeps nothing
  }
}
