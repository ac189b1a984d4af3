// Comfort only: without scripts every page works as it stands. What a page needs is loaded once it has been painted.

const NEEDED = [
  [".photo-form", "./form.js"],
  [".waiting", "./waiting.js"],
  [".compare", "./compare.js"],
];

/** Bring to life what stands in `scope`, a part of the page. */
export async function enliven(scope) {
  for (const [selector, module] of NEEDED) {
    const found = scope.querySelectorAll(selector);
    if (!found.length) continue;
    const { enlivenOne } = await import(module);
    for (const element of found) enlivenOne(element);
  }
}

requestAnimationFrame(() => setTimeout(() => enliven(document)));

addEventListener("load", () => {
  navigator.serviceWorker?.register(new URL("worker.js", import.meta.url), { scope: "/" }).catch(() => {
    // Private windows and odd browsers refuse; then nothing works without a network, as before.
  });
});
