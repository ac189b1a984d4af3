// Keeps the shell of the page for when there is no network: one page that says so, and what it is made of. It never keeps
// or gives an answer, a record or a photograph: those come from the server or not at all.

const FOLDER = new URL(".", location).pathname; // has the version in it
const CACHE = `heritage ${FOLDER}`;
const SHELL = "/offline";
const FILES = [
  "administration.css",
  "administration.js",
  "answer.css",
  "answers.js",
  "boxes.js",
  "cases.css",
  "compare.js",
  "form.js",
  "heritage.js",
  "icon.svg",
  "icon-192.png",
  "icon-512.png",
  "inspecting.js",
  "manifest.webmanifest",
  "photos.css",
  "photos.js",
  "record-form.js",
  "registry.css",
  "review.css",
  "review.js",
  "sending.js",
  "waiting.js",
  "warp.js",
  "wording.js",
];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...FILES.map((name) => FOLDER + name)])));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith(FOLDER)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(SHELL)));
});
