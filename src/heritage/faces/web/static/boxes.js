// Boxes around objects in one photo: drawn, moved, resized and removed by touch, mouse and keyboard.
// Pictures are not mirrored in right-to-left languages, so left and right are meant as they stand here.

import { say } from "./wording.js";

const LEAST = 16; // px of the photo: nothing smaller can be searched
const DRAGGED = 6; // px of the screen that make a press a drag

export class Boxes {
  /** `layer` holds the shown photo; `size`: `{width, height}` of the photo in px as sent. */
  constructor(layer, template, size, mayAdd, onChange) {
    Object.assign(this, { layer, template, size, mayAdd, onChange, all: [], current: null, isTouched: false });
    this.step = Math.max(4, Math.round(Math.max(size.width, size.height) / 100));
    layer.addEventListener("pointerdown", (event) => this.#press(event));
    layer.addEventListener("keydown", (event) => this.#key(event));
    layer.addEventListener("focusin", (event) => this.#choose(this.all.find((box) => box.element === event.target)));
  }

  /** As the server reads them; none while they are only its own proposals, which it looks at anyway. */
  get texts() {
    if (!this.isTouched) return [];
    return this.all.map(({ left, top, width, height }) => [left, top, width, height].map(Math.round).join(","));
  }

  /** Show what the server proposes, unless somebody has begun to draw. */
  propose(places) {
    if (this.isTouched) return;
    for (const place of places) this.#put(place);
  }

  /** From now on the boxes are a person's. */
  #touch() {
    this.isTouched = true;
    this.layer.classList.add("is-touched");
  }

  /** A box of half the photo's size in its middle, or where `place` says; nothing when there are too many. */
  add(place) {
    if (!this.mayAdd()) return null;
    const { width, height } = this.size;
    this.#touch();
    return this.#put(place ?? { left: width / 4, top: height / 4, width: width / 2, height: height / 2 });
  }

  #put(place) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    const box = { element, ...place };
    this.all.push(box);
    this.layer.append(element);
    this.#settle(box);
    return box;
  }

  remove(box = this.current) {
    if (!box) return;
    this.#touch();
    const next = this.all[this.all.indexOf(box) + 1] ?? this.all[this.all.indexOf(box) - 1];
    this.all = this.all.filter((one) => one !== box);
    box.element.remove();
    this.#choose(next);
    next?.element.focus();
    this.all.forEach((one) => this.#settle(one));
    this.onChange();
  }

  #choose(box) {
    this.current = box ?? null;
    for (const one of this.all) one.element.classList.toggle("current", one === box);
    this.onChange();
  }

  /** Keep the box inside the photo, show it and say where it is. */
  #settle(box) {
    const { width, height } = this.size;
    box.width = clamp(box.width, Math.min(LEAST, width), width);
    box.height = clamp(box.height, Math.min(LEAST, height), height);
    box.left = clamp(box.left, 0, width - box.width);
    box.top = clamp(box.top, 0, height - box.height);
    const style = box.element.style;
    style.left = `${(100 * box.left) / width}%`;
    style.top = `${(100 * box.top) / height}%`;
    style.width = `${(100 * box.width) / width}%`;
    style.height = `${(100 * box.height) / height}%`;
    const [left, top, wide, high] = [box.left, box.top, box.width, box.height].map(Math.round);
    const values = { place: this.all.indexOf(box) + 1, left, top, width: wide, height: high };
    box.element.setAttribute("aria-label", say(box.element.dataset.label, values));
  }

  #key(event) {
    const box = this.all.find((one) => one.element === event.target);
    if (!box) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.remove(box);
      return;
    }
    const [x, y] = ARROWS[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    this.#touch();
    if (event.shiftKey) {
      box.width = Math.min(box.width + x * this.step, this.size.width - box.left);
      box.height = Math.min(box.height + y * this.step, this.size.height - box.top);
    } else {
      box.left += x * this.step;
      box.top += y * this.step;
    }
    this.#settle(box);
  }

  #press(event) {
    if (event.button || !this.layer.classList.contains("open")) return;
    const element = event.target.closest(".box");
    const box = this.all.find((one) => one.element === element);
    event.preventDefault();
    const scale = this.size.width / this.layer.clientWidth;
    const edge = this.layer.getBoundingClientRect();
    const start = { x: (event.clientX - edge.left) * scale, y: (event.clientY - edge.top) * scale };
    const corner = event.target.dataset.corner;
    box?.element.focus({ preventScroll: true });
    if (box) this.#follow(event, scale, corner ? this.#resizing(box, corner) : this.#moving(box));
    else this.#follow(event, scale, this.#drawing(start));
  }

  /** Call `move(x, y)`, px of the photo, until the pointer that made `event` is lifted. */
  #follow(event, scale, move) {
    const isOurs = (other) => other.pointerId === event.pointerId;
    const moved = (next) => {
      if (!isOurs(next)) return;
      this.#touch();
      move((next.clientX - event.clientX) * scale, (next.clientY - event.clientY) * scale, scale);
    };
    const end = (last) => {
      if (!isOurs(last)) return;
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    addEventListener("pointermove", moved);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  #moving(box) {
    const { left, top } = box;
    return (x, y) => {
      Object.assign(box, { left: left + x, top: top + y });
      this.#settle(box);
    };
  }

  #resizing(box, corner) {
    const { left, top, width, height } = box;
    const still = { x: corner.endsWith("w") ? left + width : left, y: corner.startsWith("n") ? top + height : top };
    const moved = { x: corner.endsWith("w") ? left : left + width, y: corner.startsWith("n") ? top : top + height };
    return (x, y) => this.#span(box, still, { x: moved.x + x, y: moved.y + y });
  }

  #drawing(start) {
    let box = null;
    return (x, y, scale) => {
      if (!box && Math.hypot(x, y) < DRAGGED * scale) return;
      box ??= this.add({ left: start.x, top: start.y, width: LEAST, height: LEAST });
      if (!box) return;
      if (this.current !== box) box.element.focus({ preventScroll: true });
      this.#span(box, start, { x: start.x + x, y: start.y + y });
    };
  }

  /** The box from one corner to the opposite one, both held inside the photo. */
  #span(box, one, other) {
    const x = [one.x, other.x].map((value) => clamp(value, 0, this.size.width)).sort((a, b) => a - b);
    const y = [one.y, other.y].map((value) => clamp(value, 0, this.size.height)).sort((a, b) => a - b);
    Object.assign(box, { left: x[0], top: y[0], width: x[1] - x[0], height: y[1] - y[0] });
    this.#settle(box);
  }
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
