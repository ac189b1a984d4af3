// The form for photos of one object: previews, boxes, and sending without leaving the page, so that nothing is lost.

import { openAnswer } from "./answers.js";
import { Boxes } from "./boxes.js";
import { inspected } from "./inspecting.js";
import { prepared } from "./photos.js";
import { packed, send } from "./sending.js";
import { keep } from "./waiting.js";
import { say } from "./wording.js";

const SAME_SEARCH_MS = 10 * 60_000;

export const enlivenOne = (element) => new PhotoForm(element);

class PhotoForm {
  constructor(form) {
    this.form = form;
    this.photos = [];
    this.preparing = Promise.resolve();
    this.list = form.querySelector(".photos");
    this.error = form.querySelector(".error");
    this.button = form.querySelector("[type=submit]");
    this.progress = form.querySelector("progress");
    this.status = form.querySelector(".busy");
    form.classList.add("scripted");
    form.querySelector(".only-script").hidden = false;
    for (const input of form.querySelectorAll("[type=file]")) {
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = ""; // the list is what counts; the same file may be chosen again
      });
      if (input.files.length) input.dispatchEvent(new Event("change")); // chosen before this script came
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.#takeDrops();
    document.addEventListener("paste", ({ clipboardData }) => {
      if (form.isConnected) this.add([...(clipboardData?.files ?? [])]);
    });
  }

  #takeDrops() {
    const { form } = this;
    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      this.add([...event.dataTransfer.files]);
    });
  }

  /** One after the other: several decoded photos at once are too much for a phone. */
  add(files) {
    if (!files.length) return;
    this.complain("");
    this.preparing = this.preparing.then(async () => {
      this.status.textContent = this.form.dataset.preparing;
      for (const file of files) await this.#addOne(file);
      this.status.textContent = "";
    });
  }

  async #addOne(file) {
    const { dataset } = this.form;
    const limit = Number(dataset.maxPhotos);
    // Some systems do not know the type of HEIC; the server decides whether it is a picture.
    if (file.type && !file.type.startsWith("image/")) this.complain(say(dataset.notAPicture, { name: file.name }));
    else if (this.photos.length >= limit) this.complain(say(dataset.tooMany, { count: limit }));
    else this.#show(await prepared(file));
  }

  #show(photo) {
    const item = this.form.querySelector(".photo-template").content.firstElementChild.cloneNode(true);
    const layer = item.querySelector(".drawing");
    Object.assign(photo, { item, boxes: null });
    item.classList.toggle("is-unseen", !photo.canvas);
    if (photo.canvas) {
      photo.canvas.setAttribute("role", "img");
      layer.replaceChildren(photo.canvas);
      this.#prepareBoxes(photo, layer);
      this.#inspect(photo);
    } else {
      const unseen = item.querySelector(".unseen");
      unseen.textContent = say(unseen.dataset.label, { name: photo.file.name });
    }
    item.querySelector(".remove").addEventListener("click", () => this.remove(photo));
    this.photos.push(photo);
    this.list.append(item);
    this.#number();
  }

  async #inspect(photo) {
    const { boxes, advice } = await inspected(photo);
    photo.boxes.propose(boxes);
    const list = photo.item.querySelector(".advice");
    const lines = advice.map((kind) => {
      const line = document.createElement("li");
      line.textContent = list.getAttribute(`data-${kind}`);
      return line;
    });
    list.replaceChildren(...lines);
  }

  #prepareBoxes(photo, layer) {
    const { item } = photo;
    const [mark, add, unmark] = ["mark", "add", "unmark"].map((name) => item.querySelector(`.${name}`));
    const template = this.form.querySelector(".box-template");
    const words = mark.textContent;
    photo.boxes = new Boxes(layer, template, photo, () => this.#mayAddBox(), () => {
      unmark.disabled = !photo.boxes?.current;
    });
    mark.addEventListener("click", () => {
      const isOpen = layer.classList.toggle("open");
      item.classList.toggle("is-open", isOpen);
      mark.setAttribute("aria-expanded", String(isOpen));
      mark.textContent = isOpen ? mark.dataset.open : words;
    });
    add.addEventListener("click", () => photo.boxes.add()?.element.focus());
    unmark.addEventListener("click", () => {
      photo.boxes.remove();
      if (!photo.boxes.current) add.focus();
    });
  }

  #mayAddBox() {
    const limit = Number(this.form.dataset.maxBoxes);
    const count = this.photos.reduce((sum, photo) => sum + (photo.boxes?.texts.length ?? 0), 0);
    this.complain(count < limit ? "" : say(this.form.dataset.tooManyBoxes, { count: limit }));
    return count < limit;
  }

  remove(photo) {
    const place = this.photos.indexOf(photo);
    this.photos.splice(place, 1);
    photo.item.remove();
    this.#number();
    const next = this.photos[place] ?? this.photos[place - 1];
    (next?.item.querySelector(".remove") ?? this.form.querySelector("[name=image]")).focus();
  }

  #number() {
    this.list.hidden = !this.photos.length;
    this.list.classList.toggle("several", this.photos.length > 1);
    this.photos.forEach(({ item, canvas }, index) => {
      const place = index + 1;
      canvas?.setAttribute("aria-label", say(item.dataset.label, { place }));
      const remove = item.querySelector(".remove");
      remove.setAttribute("aria-label", say(remove.dataset.label, { place }));
    });
  }

  complain(sentence) {
    this.error.textContent = sentence;
    for (const input of this.form.querySelectorAll("[type=file]")) {
      if (sentence) input.setAttribute("aria-invalid", "true"); // empty, it would mean that all is well
      else input.removeAttribute("aria-invalid");
    }
  }

  async submit() {
    if (this.button.disabled) return;
    this.complain("");
    this.#busy(true);
    try {
      await this.preparing;
      if (this.photos.length) await this.#search();
      else this.complain(this.form.dataset.none);
    } finally {
      this.#busy(false);
    }
  }

  async #search() {
    const photos = this.photos.map(({ file, boxes, canvas }) => ({ file, boxes: boxes?.texts ?? [], isHeld: !!canvas }));
    const said = [...this.form.querySelectorAll(".seen input")].map(({ name, value }) => [name, value]).filter(([, value]) => value);
    const contents = JSON.stringify([said, photos.map(({ file, boxes }) => [file.name, file.size, file.lastModified, boxes])]);
    // The same photos sent again after a broken connection are the same search: the server answers it once. Much later
    // they are another one: more may be registered by then.
    if (this.contents !== contents || Date.now() - this.packedAt > SAME_SEARCH_MS) {
      this.parcel = await packed(photos, said);
      this.packedAt = Date.now();
    }
    this.contents = contents;
    const result = await send(this.parcel, (share) => this.#report(share));
    if (result.answer) await openAnswer(result.answer, photos.map(({ file }) => file));
    else if (result.isOffline) await this.#putBy();
    else this.complain(result.problem ?? this.form.dataset.failed);
  }

  async #putBy() {
    const { dataset } = this.form;
    try {
      await keep(this.parcel);
    } catch {
      this.complain(dataset.unkept);
      return;
    }
    for (const photo of this.photos.splice(0)) photo.item.remove();
    this.contents = undefined;
    this.#number();
    this.complain(dataset.kept);
  }

  #report(share) {
    const { dataset } = this.form;
    this.progress.hidden = false;
    if (share < 1) this.progress.value = share;
    else this.progress.removeAttribute("value"); // it goes on for nobody knows how long
    this.status.textContent = share < 1 ? dataset.sending : dataset.searching;
  }

  #busy(isBusy) {
    this.form.setAttribute("aria-busy", String(isBusy));
    this.button.disabled = isBusy;
    if (isBusy) return;
    this.progress.hidden = true;
    this.status.textContent = "";
  }
}
