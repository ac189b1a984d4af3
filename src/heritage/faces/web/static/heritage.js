// Comfort only: preview, drop, paste, progress. Without this file the form works as it stands.
"use strict";

for (const form of document.querySelectorAll(".photo-form")) {
  const [image, camera] = [form.elements.image, form.elements.camera];
  const preview = form.querySelector(".preview");
  const canvas = preview.querySelector("canvas");
  const button = form.querySelector("button");
  const busy = form.querySelector(".busy");

  const draw = (bitmap) => {
    const scale = Math.min(1, 640 / Math.max(bitmap.width, bitmap.height));
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
  };

  const show = async (file) => {
    preview.hidden = true;
    try {
      draw(await createImageBitmap(file));
      preview.hidden = false;
    } catch {
      // Not every browser shows every format (HEIC); the server decides whether it is a picture.
    }
  };

  const use = (files) => {
    const file = [...files].find((one) => one.type.startsWith("image/")) ?? files[0];
    if (!file) return;
    const chosen = new DataTransfer();
    chosen.items.add(file);
    image.files = chosen.files;
    camera.value = "";
    show(file);
  };

  for (const [input, other] of [[image, camera], [camera, image]]) {
    input.addEventListener("change", () => {
      if (!input.files.length) return;
      other.value = "";
      show(input.files[0]);
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
