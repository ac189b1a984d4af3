// Comfort only: without scripts every page works as it stands. What a page needs is loaded once it has been painted.

const NEEDED = [
  [".photo-form", "./form.js"],
  [".waiting", "./waiting.js"],
  [".compare", "./compare.js"],
  [".record-form", "./record-form.js"],
];

const PHOTOS_SHEET = new URL("photos.css", import.meta.url).href;
const PERSON = "heritage person";
const STAYS_MS = 5 * 60_000; // well below the half hour after which a session ends by itself

/**
 * Who signed in here last, "" when they signed out or nobody did: what the last page from the server said, in whichever
 * tab. A page that was opened before may name somebody else, on whose behalf nothing is sent any more. The page without a
 * connection names nobody. It decides what is shown, never what is allowed.
 */
export function person() {
  try {
    return localStorage.getItem(PERSON) ?? "";
  } catch {
    return document.body.dataset.person ?? ""; // a browser that keeps nothing keeps no photos either
  }
}

/** Whose page this is, and so whose the photos are that are taken at it. */
export const keeper = () => document.body.dataset.person ?? person();

/** Once, when the page comes: later the person in front of it may be another one. */
function remember() {
  const { person: named } = document.body.dataset;
  try {
    if (named !== undefined) localStorage.setItem(PERSON, named);
  } catch {
    // see above
  }
}

/**
 * A form with files is too much to be carried through a sign-in by the server: what is typed into one is kept in this tab,
 * under this name, until another page than the form's or the one to sign in at is reached.
 */
export const DRAFT = "heritage draft ";

function forgetDrafts() {
  if (location.pathname === "/login" || document.querySelector(".record-form, input[name=carried]")) return;
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(DRAFT)) sessionStorage.removeItem(name);
  } catch {
    // a browser that keeps nothing
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

/** A second click sends nothing a second time; what was stopped may soon be sent again. */
const AGAIN_MS = 5000;
let sentAt = new WeakMap();
document.addEventListener("submit", (event) => {
  const { target: form } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - (sentAt.get(form) ?? -AGAIN_MS) < AGAIN_MS) event.preventDefault();
  else sentAt.set(form, Date.now());
});
addEventListener("pageshow", () => (sentAt = new WeakMap())); // a page that the browser kept may send its form again

/** Somebody who types is at work: a session that ends meanwhile would take with it what they typed. */
function stay() {
  let told = Date.now();
  addEventListener("input", () => {
    if (Date.now() - told < STAYS_MS) return;
    told = Date.now();
    fetch("/v1/me").catch(() => {}); // without a network there is nothing to stay in
  });
}

remember();
forgetDrafts();
if (document.body.dataset.person) stay();
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
