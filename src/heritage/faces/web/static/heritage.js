// Comfort only: preview, drop, paste, progress. Without this file the form works as it stands.
"use strict";

for (const form of document.querySelectorAll(".photo-form")) {
  const [image, camera] = [form.elements.image, form.elements.camera];
  const preview = form.querySelector(".preview");
  const button = form.querySelector("button");
  const busy = form.querySelector(".busy");

  const draw = (bitmap) => {
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, 640 / Math.max(bitmap.width, bitmap.height));
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas;
  };

  let shown = 0;
  const show = async (files) => {
    const turn = ++shown;
    const canvases = [];
    for (const file of files) {
      try {
        canvases.push(draw(await createImageBitmap(file)));
      } catch {
        // Not every browser shows every format (HEIC); the server decides whether it is a picture.
      }
    }
    if (turn !== shown) return; // other photos were chosen meanwhile
    preview.replaceChildren(...canvases);
    preview.hidden = !canvases.length;
  };

  const use = (files) => {
    const pictures = [...files].filter((one) => one.type.startsWith("image/"));
    const wanted = pictures.length ? pictures : [...files].slice(0, 1);
    if (!wanted.length) return;
    const chosen = new DataTransfer();
    for (const file of wanted) chosen.items.add(file);
    image.files = chosen.files;
    camera.value = "";
    show(wanted);
  };

  for (const [input, other] of [[image, camera], [camera, image]]) {
    input.addEventListener("change", () => {
      if (!input.files.length) return;
      other.value = "";
      show(input.files);
    });
  }

  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    use(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => use(event.clipboardData?.files ?? []));

  form.addEventListener("submit", () => {
    button.disabled = true;
    busy.textContent = "Searching. A large photo on a slow line takes a while to arrive.";
  });
  // Coming back by the browser's back button finds the page as it was left.
  window.addEventListener("pageshow", () => {
    button.disabled = false;
    busy.textContent = "";
  });
  form.querySelector(".only-script").hidden = false;
}
