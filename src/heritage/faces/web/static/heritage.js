// Comfort only: without scripts every page works as it stands. What a page needs is loaded once it has been painted.

const NEEDED = [
  [".photo-form", "./form.js"],
  [".waiting", "./waiting.js"],
  [".compare", "./compare.js"],
  [".record-form", "./record-form.js"],
];

const PHOTOS_SHEET = new URL("photos.css", import.meta.url).href;
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

/** The style of what scripts show: after the first paint, and before any of it is shown. */
function styled() {
  if (document.querySelector(`link[href="${PHOTOS_SHEET}"]`)) return undefined;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = PHOTOS_SHEET;
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve; // unstyled photos are better than none
    document.head.append(link);
  });
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
requestAnimationFrame(() =>
  setTimeout(async () => {
    if (document.querySelector(".photo-form, .waiting")) await styled();
    await enliven(document);
  }),
);

addEventListener("load", () => {
  navigator.serviceWorker?.register(new URL("worker.js", import.meta.url), { scope: "/" }).catch(() => {
    // Private windows and odd browsers refuse; then nothing works without a network, as before.
  });
});
