// Photos taken without a network: kept in this browser, listed, sent when the network is back, their answer opened.

import { openAnswer } from "./answers.js";
import { keeper, person } from "./heritage.js";
import { pictured } from "./photos.js";
import { send, unpacked } from "./sending.js";
import { moment, say } from "./wording.js";

const THUMBNAIL_SIDE = 160;
const [NAME, STORE] = ["heritage", "waiting"];
let sending = null; // the key of what is being sent: one at a time, whichever list shows it

const finished = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
  const database = await finished(opening);
  const transaction = database.transaction(STORE, mode);
  transaction.oncomplete = transaction.onabort = () => database.close();
  return transaction.objectStore(STORE);
}

/** Keep a parcel until whoever is here can send it. Rejects where the browser keeps nothing. */
export async function keep(parcel) {
  const files = await unpacked(parcel);
  const thumbnail = await pictured(files[0], THUMBNAIL_SIDE);
  await finished((await store("readwrite")).put({ ...parcel, person: keeper(), at: Date.now(), count: files.length, thumbnail }));
  await list();
}

/** What whoever is here kept, and what nobody did: on a shared device others are not shown it, and cannot send it. */
async function kept() {
  const parcels = await finished((await store("readonly")).getAll());
  const here = person();
  const own = parcels.filter((parcel) => !parcel.person || parcel.person === here);
  return own.sort((one, other) => one.at - other.at);
}

async function drop(key) {
  await finished((await store("readwrite")).delete(key));
  await list();
}

export function enlivenOne() {
  list().then(sendFirst, () => {}); // a browser that keeps nothing has nothing to send
}
addEventListener("online", () => sendFirst());
addEventListener("storage", () => list()); // somebody signed in or out in another tab

/** The oldest, unless somebody is at work here: an answer must not take the page from under their hands. */
async function sendFirst() {
  const isIdle = document.querySelector(".photo-form") && !document.querySelector(".answer, .photo, [aria-busy=true]");
  const [first] = isIdle ? await kept() : [];
  if (first && navigator.onLine) await sendOne(first);
}

async function sendOne({ key }) {
  if (sending) return;
  sending = key;
  try {
    // Another tab may have kept, sent or removed some meanwhile, or somebody else have signed in there.
    const parcel = (await kept()).find((one) => one.key === key);
    if (!parcel || !listed(key)) await list();
    if (parcel) await sendListed(parcel, listed(key));
  } finally {
    sending = null;
  }
}

const listed = (key) => [...document.querySelectorAll(".waiting li")].find((one) => one.dataset.key === key);

async function sendListed(parcel, item) {
  const { dataset } = item.closest(".waiting");
  const state = item.querySelector(".state");
  for (const button of item.querySelectorAll("button")) button.disabled = true;
  const result = await send(parcel, (share) => {
    state.textContent = share < 1 ? dataset.sending : dataset.searching;
  });
  sending = null;
  for (const button of item.querySelectorAll("button")) button.disabled = false;
  if (result.answer) {
    const files = await unpacked(parcel);
    await drop(parcel.key);
    await openAnswer(result.answer, files);
  } else {
    state.textContent = result.problem ?? (result.isOffline ? dataset.offline : dataset.failed);
    if (result.isBusy) setTimeout(sendFirst, 10_000);
  }
}

/** Show what waits. */
async function list() {
  const section = document.querySelector(".waiting");
  if (!section) return;
  const parcels = await kept();
  const template = section.querySelector("template");
  section.querySelector("ol").replaceChildren(...parcels.map((parcel) => itemOf(template, parcel, section.dataset)));
  section.hidden = !parcels.length;
}

function itemOf(template, parcel, { offline }) {
  const item = template.content.firstElementChild.cloneNode(true);
  const [time, count] = [item.querySelector("time"), item.querySelector(".count")];
  item.dataset.key = parcel.key;
  item.querySelector("img").src = parcel.thumbnail || "data:,";
  time.dateTime = new Date(parcel.at).toISOString();
  time.textContent = moment(parcel.at);
  count.textContent = say(count.dataset.label, { count: parcel.count });
  item.querySelector(".state").textContent = navigator.onLine ? "" : offline;
  for (const button of item.querySelectorAll("button")) {
    button.setAttribute("aria-label", say(button.dataset.label, { time: moment(parcel.at) }));
  }
  item.querySelector(".send-now").addEventListener("click", () => sendOne(parcel));
  item.querySelector(".remove").addEventListener("click", () => drop(parcel.key));
  return item;
}
