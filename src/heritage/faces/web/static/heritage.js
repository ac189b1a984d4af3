// Comfort only: without scripts every page works as it stands. What a page needs is loaded once it has been painted.

const NEEDED = [
  [".photo-form", "./form.js"],
  [".waiting", "./waiting.js"],
  [".compare", "./compare.js"],
  [".record-form", "./record-form.js"],
];

const PERSON = "heritage person";

/**
 * Who signed in here last, "" when they signed out or nobody did. The page without a connection names nobody, so what the
 * last page from the server said is remembered. It decides what is shown, never what is allowed.
 */
export function person() {
  const { person: named } = document.body.dataset;
  try {
    if (named !== undefined) localStorage.setItem(PERSON, named);
    return named ?? localStorage.getItem(PERSON) ?? "";
  } catch {
    return named ?? ""; // a browser that keeps nothing keeps no photos either
  }
}

/** Bring to life what stands in `scope`, a part of the page. */
export async function enliven(scope) {
  for (const [selector, module] of NEEDED) {
    const found = scope.querySelectorAll(selector);
    if (!found.length) continue;
    const { enlivenOne } = await import(module);
    for (const element of found) enlivenOne(element);
  }
}

person();
requestAnimationFrame(() => setTimeout(() => enliven(document)));

addEventListener("load", () => {
  navigator.serviceWorker?.register(new URL("worker.js", import.meta.url), { scope: "/" }).catch(() => {
    // Private windows and odd browsers refuse; then nothing works without a network, as before.
  });
});
