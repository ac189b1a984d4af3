// Looks into the photo and the registered photograph closely, side by side or laid over each other. What is under the
// eye in one is under the eye in the other: the homography of the hit says where.

import { facing, inverted, moved, multiplied, scaled, transform } from "./warp.js";

const [MOST, STEP] = [16, 1.5]; // times as large as at first; one press of a key
const LARGE_SIDE = 1600; // px, the most that is served of a registered photograph
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_PX = 30;
const BLINK_MS = 700; // well below three flashes a second
const CALM_BLINK_MS = 2000;
const SVG = "http://www.w3.org/2000/svg";

export const enlivenOne = (element) => new Comparison(element);

const numbers = (text) => text.split(/[\s,]+/).filter(Boolean).map(Number);
const groups = (list, size) => Array.from({ length: list.length / size }, (_, index) => list.slice(index * size, (index + 1) * size));
const middle = (points, axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** One picture in one pane: where it lies, in px of the pane, at `scale` with `centre` (px of the picture) in the middle. */
class Pane {
  constructor(element, { address, size: [width, height] }) {
    Object.assign(this, { element, width, height, side: element.dataset.side });
    this.picture = pictureOf(address);
    element.prepend(this.picture);
  }

  look(centre, scale) {
    Object.assign(this, { centre, scale });
    this.place = multiplied([1, 0, this.element.clientWidth / 2, 0, 1, this.element.clientHeight / 2, 0, 0, 1], [scale, 0, -centre.x * scale, 0, scale, -centre.y * scale, 0, 0, 1]);
    lay(this.picture, this, this.place);
  }

  /** Where a point of the picture lies in the stage around the pane; nothing when it is out of sight. */
  seen(point) {
    const { x, y } = moved(this.place, point);
    if (x < 0 || y < 0 || x > this.element.clientWidth || y > this.element.clientHeight) return null;
    return { x: x + this.element.offsetLeft, y: y + this.element.offsetTop };
  }

  /** A registered photograph is served smaller until somebody looks closely. */
  sharpen() {
    const { picture } = this;
    const shownSide = Math.max(this.width, this.height) * this.scale * devicePixelRatio;
    const address = new URL(picture.src);
    if (!address.searchParams.has("size") || shownSide <= 1.2 * Math.max(picture.naturalWidth, picture.naturalHeight)) return;
    if (Number(address.searchParams.get("size")) >= LARGE_SIDE) return;
    address.searchParams.set("size", LARGE_SIDE);
    const larger = pictureOf(address.href);
    larger.decode().then(() => {
      picture.src = larger.src;
    }, () => {}); // the smaller one stays
  }
}

function pictureOf(address) {
  const picture = new Image();
  picture.alt = "";
  picture.draggable = false;
  picture.src = address;
  return picture;
}

/** Show `picture`, of an upright original of `width` x `height` px, by a homography from px of the original. */
function lay(picture, { width, height }, homography) {
  // As large an element as the picture has pixels of its own: enlarged only once, when it is shown.
  const [shownWidth, shownHeight] = [picture.naturalWidth || width, picture.naturalHeight || height];
  picture.style.width = `${shownWidth}px`;
  picture.style.height = `${shownHeight}px`;
  picture.style.transform = transform(multiplied(homography, scaled(width / shownWidth, height / shownHeight)));
}

class Comparison {
  constructor(root) {
    const { dataset } = root;
    // Not in the document: somebody may have gone back before this script came.
    const addressOf = (id) => root.closest(".answer").querySelector(`#${id}`).getAttribute("href");
    this.root = root;
    this.stage = root.querySelector(".stage");
    const [photo, image] = root.querySelectorAll(".pane");
    this.photo = new Pane(photo, { address: addressOf(dataset.photo), size: numbers(dataset.photoSize) });
    this.image = new Pane(image, { address: addressOf(dataset.image), size: numbers(dataset.imageSize) });
    this.points = groups(numbers(dataset.points), 4);
    this.outline = groups(numbers(dataset.outline), 2);
    this.part = numbers(dataset.part);
    this.zoom = 1;
    this.pointers = new Map();
    this.#link(numbers(dataset.homography));
    this.#prepareMarks();
    root.hidden = false;
    root.parentElement.classList.add("is-compared");
    this.#listen();
    if (this.homography) this.#prepareOverlay();
    for (const { picture } of [this.photo, this.image]) picture.addEventListener("load", () => this.#render());
    new ResizeObserver(() => this.home()).observe(this.stage);
  }

  /** How places in the two pictures correspond: by the homography, or at the same share of each when there is none. */
  #link(homography) {
    const { photo, image } = this;
    const shares = scaled(image.width / photo.width, image.height / photo.height);
    const eye = this.outline.length ? { x: middle(this.outline, 0), y: middle(this.outline, 1) } : null;
    this.homography = homography.length ? facing(homography, eye) : null;
    this.toImage = this.homography ?? shares;
    this.toPhoto = inverted(this.toImage);
  }

  /** The registered photograph as a whole, and of the photo what shows the same. */
  home() {
    const { photo, image } = this;
    this.zoom = 1;
    this.imageFit = Math.min(image.element.clientWidth / image.width, image.element.clientHeight / image.height);
    this.first = moved(this.toPhoto, { x: image.width / 2, y: image.height / 2 });
    this.centre = this.first;
    const corners = this.outline.length ? this.outline : [[0, 0], [photo.width, photo.height]];
    const reach = (axis, centre) => 2 * Math.max(...corners.map((corner) => Math.abs(corner[axis] - centre)));
    this.photoFit = Math.min(
      photo.element.clientWidth / reach(0, this.first.x),
      photo.element.clientHeight / reach(1, this.first.y),
    );
    this.#render();
  }

  #render() {
    const { photo, image, zoom } = this;
    if (!this.centre) return;
    photo.look(this.centre, this.photoFit * zoom);
    image.look(moved(this.toImage, this.centre), this.imageFit * zoom);
    if (this.over) lay(this.over, photo, multiplied(image.place, this.homography));
    this.stage.classList.toggle("is-zoomed", zoom > 1.01);
    if (zoom > 1) image.sharpen();
    this.#mark();
  }

  /** `factor` times as large, with what lies at `x`, `y` of the pane (px) staying there. */
  #enlarge(factor, pane = this.image, x = pane.element.clientWidth / 2, y = pane.element.clientHeight / 2) {
    const zoom = clamp(this.zoom * factor, this.#least, MOST);
    const grown = zoom / this.zoom;
    const fixed = moved(inverted(pane.place), { x, y });
    this.zoom = zoom;
    this.#look(pane, {
      x: fixed.x + (pane.centre.x - fixed.x) / grown,
      y: fixed.y + (pane.centre.y - fixed.y) / grown,
    });
  }

  /** So small that all of the photo is in sight. */
  get #least() {
    const { photo } = this;
    const whole = Math.min(photo.element.clientWidth / photo.width, photo.element.clientHeight / photo.height);
    return Math.min(1, whole / this.photoFit || 1);
  }

  #pan(pane, x, y) {
    this.#look(pane, { x: pane.centre.x - x / pane.scale, y: pane.centre.y - y / pane.scale });
  }

  /** Have `centre`, px of the pane's picture, in the middle: of both. */
  #look(pane, centre) {
    const inPhoto = pane.side === "photo" ? centre : moved(this.toPhoto, centre);
    this.centre = { x: clamp(inPhoto.x, 0, this.photo.width), y: clamp(inPhoto.y, 0, this.photo.height) };
    this.#render();
  }

  #listen() {
    const { stage, root } = this;
    const ways = { in: () => this.#enlarge(STEP), out: () => this.#enlarge(1 / STEP), home: () => this.home() };
    for (const button of root.querySelectorAll("[data-zoom]")) button.addEventListener("click", ways[button.dataset.zoom]);
    stage.addEventListener("keydown", (event) => this.#key(event, ways));
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.#press(event));
    stage.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.#lift(event));
  }

  #key(event, { in: enlarge, out: reduce, home }) {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = 60;
    const keys = {
      "+": enlarge,
      "=": enlarge,
      "-": reduce,
      0: home,
      ArrowLeft: () => this.#pan(this.image, way, 0),
      ArrowRight: () => this.#pan(this.image, -way, 0),
      ArrowUp: () => this.#pan(this.image, 0, way),
      ArrowDown: () => this.#pan(this.image, 0, -way),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  /** A wheel scrolls the page until somebody has begun to work in the stage. A pinch on a touch pad has Ctrl. */
  #wheel(event) {
    if (!event.ctrlKey && document.activeElement !== this.stage) return;
    event.preventDefault();
    this.#enlarge(Math.exp(-clamp(event.deltaY, -100, 100) / (event.ctrlKey ? 100 : 300)), ...this.#under(event));
  }

  /** The pane under a pointer, and where in it. */
  #under({ clientX, clientY }) {
    const pane = [this.photo, this.image].find(({ element }) => {
      const edge = element.getBoundingClientRect();
      return edge.width && clientX >= edge.left && clientX <= edge.right && clientY >= edge.top && clientY <= edge.bottom;
    });
    const { element } = pane ?? this.image;
    const edge = element.getBoundingClientRect();
    return [pane ?? this.image, clientX - edge.left, clientY - edge.top];
  }

  #press(event) {
    if (event.button || event.target.closest(".divider")) return;
    const [pane] = this.#under(event);
    this.pointers.set(event.pointerId, { pane, x: event.clientX, y: event.clientY });
    this.stage.setPointerCapture(event.pointerId);
    this.#doubleTap(event, pane);
  }

  #doubleTap(event) {
    const { last } = this;
    this.last = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (this.pointers.size > 1 || !last || event.timeStamp - last.at > DOUBLE_TAP_MS) return;
    if (Math.hypot(event.clientX - last.x, event.clientY - last.y) > DOUBLE_TAP_PX) return;
    this.last = null;
    if (this.zoom > 1.01) this.home();
    else this.#enlarge(STEP ** 2, ...this.#under(event));
  }

  #drag(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const before = [...this.pointers.values()].map(({ x, y }) => ({ x, y }));
    const [x, y] = [event.clientX - pointer.x, event.clientY - pointer.y];
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    const now = [...this.pointers.values()];
    if (now.length === 1) {
      this.#pan(pointer.pane, x, y);
    } else if (now.length === 2) {
      const apart = ([one, other]) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
      const between = { clientX: (now[0].x + now[1].x) / 2, clientY: (now[0].y + now[1].y) / 2 };
      this.#enlarge(apart(now) / apart(before), ...this.#under(between));
      this.#pan(this.#under(between)[0], x / 2, y / 2);
    }
  }

  #lift(event) {
    this.pointers.delete(event.pointerId);
  }

  // The marks: lines and points where both pictures match, on demand, and the registered photograph's edges.

  #prepareMarks() {
    this.marks = document.createElementNS(SVG, "svg");
    this.marks.setAttribute("class", "marks");
    this.marks.setAttribute("aria-hidden", "true");
    this.stage.append(this.marks);
  }

  #mark() {
    const matched = document.createElementNS(SVG, "g");
    matched.setAttribute("class", "matched");
    for (const points of this.points) matched.append(...this.#line(points));
    const isOver = this.stage.classList.contains("is-over");
    this.marks.replaceChildren(...(isOver ? [] : this.#shape()), matched);
  }

  #line([x, y, imageX, imageY]) {
    const end = this.image.seen({ x: imageX, y: imageY });
    if (this.stage.classList.contains("is-over")) return end ? [circle(end)] : [];
    const start = this.photo.seen({ x, y });
    if (!start || !end) return [];
    const d = `M${start.x} ${start.y}L${end.x} ${end.y}`;
    return [drawn("path", { class: "under", d }), drawn("path", { d }), circle(start), circle(end)];
  }

  /** Where the registered photograph's edges lie in the photo; without them, the part that is answered. */
  #shape() {
    const [left, top, width, height] = this.part;
    const part = [[left, top], [left + width, top], [left + width, top + height], [left, top + height]];
    const [name, corners] = this.outline.length ? ["outline", this.outline] : ["answered", this.part.length ? part : []];
    const { element, place } = this.photo;
    const inside = drawn("svg", { x: element.offsetLeft, y: element.offsetTop, width: element.clientWidth, height: element.clientHeight });
    const points = corners.map(([x, y]) => moved(place, { x, y })).map(({ x, y }) => `${x},${y}`).join(" ");
    inside.append(drawn("polygon", { class: `${name} under`, points }), drawn("polygon", { class: name, points }));
    return [inside];
  }

  // The overlay: the photo, warped, over the registered photograph.

  #prepareOverlay() {
    const { root, stage, image } = this;
    const wipe = document.createElement("div");
    const divider = document.createElement("div");
    const range = root.querySelector("[type=range]");
    const tools = root.querySelector(".over-tools");
    wipe.className = "wipe";
    divider.className = "divider";
    this.over = pictureOf(this.photo.picture.src);
    this.over.addEventListener("load", () => this.#render());
    wipe.append(this.over);
    image.element.append(wipe, divider);
    const follow = () => stage.style.setProperty("--wipe", `${range.value}%`);
    range.addEventListener("input", follow);
    follow();
    this.#pullDivider(divider, range);
    root.querySelector(".modes").addEventListener("change", ({ target }) => {
      const isOver = target.value === "over";
      stage.classList.toggle("is-over", isOver);
      tools.hidden = !isOver;
      this.#blink(false);
      this.home();
    });
    root.querySelector(".blink").addEventListener("click", () => this.#blink(!this.blinking));
  }

  #pullDivider(divider, range) {
    divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
    divider.addEventListener("pointermove", (event) => {
      if (!divider.hasPointerCapture(event.pointerId)) return;
      const edge = this.image.element.getBoundingClientRect();
      const share = (event.clientX - edge.left) / edge.width;
      range.value = 100 * (getComputedStyle(this.stage).direction === "rtl" ? 1 - share : share);
      range.dispatchEvent(new Event("input"));
    });
  }

  /** Now the one, now the other; slowly where somebody wants little to move. */
  #blink(isOn) {
    const { stage } = this;
    clearInterval(this.blinking);
    this.blinking = 0;
    stage.classList.toggle("is-blinking", isOn);
    stage.classList.remove("is-away");
    this.root.querySelector(".blink").setAttribute("aria-pressed", String(isOn));
    if (!isOn) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.blinking = setInterval(() => {
      if (stage.isConnected) stage.classList.toggle("is-away");
      else this.#blink(false); // another page was opened meanwhile
    }, isCalm ? CALM_BLINK_MS : BLINK_MS);
  }
}

function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const circle = ({ x, y }) => drawn("circle", { cx: x, cy: y, r: 4 });
