// Opens an answer in the place of the page that asked; going back finds that page as it was left, photos included.

import { enliven } from "./heritage.js";
import { pictured } from "./photos.js";

const PHOTO_SIDE = 2000; // px: more than a server would send back

const pages = []; // what has been shown in this window, oldest first
let shown = 0;

/** `answer`: the parsed page; `files`: the photos that were sent, to show where the server left them out. */
export async function openAnswer(answer, files) {
  const missing = [...answer.querySelectorAll('image[href=""]')];
  const places = missing.map((image) => Number(image.id.slice(image.id.lastIndexOf("-") + 1)));
  for (const [index, image] of missing.entries()) image.setAttribute("href", await pictured(files[places[index]], PHOTO_SIDE));
  await dress(answer);
  leave();
  pages.length = shown + 1; // what was ahead is gone, as in the browser's own history
  history.replaceState({ page: shown }, "");
  shown += 1;
  const main = document.querySelector("main");
  main.replaceChildren(...answer.querySelector("main").childNodes);
  document.title = answer.title;
  history.pushState({ page: shown }, "");
  scrollTo(0, 0);
  enliven(main);
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** Load the style sheets that this page has not. */
async function dress(answer) {
  const addresses = [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href"));
  const links = [...answer.querySelectorAll("link[rel=stylesheet]")];
  const missing = links.filter((link) => !addresses.includes(link.getAttribute("href")));
  const loaded = missing.map((link) => new Promise((resolve) => {
    link.onload = link.onerror = resolve; // an answer is read without style too
  }));
  document.head.append(...missing);
  await Promise.all(loaded);
}

addEventListener("popstate", ({ state }) => {
  const page = pages[state?.page ?? 0];
  if (!page || state?.page === shown) return;
  leave();
  shown = state?.page ?? 0;
  document.querySelector("main").replaceChildren(...page.nodes);
  document.title = page.title;
  scrollTo(0, page.scroll);
});

function leave() {
  const nodes = [...document.querySelector("main").childNodes];
  pages[shown] = { nodes, title: document.title, scroll: scrollY };
}
