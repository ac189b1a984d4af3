// Sends photos to be searched, and says how it went.

const AGAIN_MS = 3000;

/**
 * What is sent for photos `{file, boxes: ["left,top,width,height"], isHeld}` and for what else was said (name and text),
 * byte for byte the same however often.
 */
export async function packed(photos, said) {
  const form = new FormData();
  photos.forEach(({ file, boxes, isHeld }, place) => {
    form.append("image", file, file.name);
    for (const box of boxes) form.append("box", `${place}:${box}`);
    if (isHeld) form.append("held", String(place));
  });
  for (const [name, text] of said) form.append(name, text);
  // The server tells a repeated request by its bytes, and a boundary is chosen anew each time a form is packed.
  const whole = new Response(form);
  const type = whole.headers.get("Content-Type");
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { key, type, body: await whole.blob() };
}

/** The photo files in what `packed` made. */
export async function unpacked({ type, body }) {
  const form = await new Response(body, { headers: { "Content-Type": type } }).formData();
  return form.getAll("image");
}

/**
 * Send what `packed` made; `onProgress(share)` hears how much of it has left, 1 when the search has begun. Resolves to
 * `{answer}`, the page, or says what went wrong: `{isOffline}`, or `{isBusy, problem}`, where `problem` is a sentence for the
 * sender, if the server gave one.
 */
export async function send(parcel, onProgress) {
  for (;;) {
    const request = await posted(parcel, onProgress);
    if (request.status === 409) {
      // An earlier attempt, cut off from us, is still being answered.
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      continue;
    }
    return outcome(request);
  }
}

function outcome({ status, responseText }) {
  if (!status) return { isOffline: true };
  const page = new DOMParser().parseFromString(responseText, "text/html");
  if (page.querySelector(".answer")) return { answer: page };
  return { isBusy: status === 429 || status === 503, problem: page.querySelector(".problem p, .photo-form .error:not(:empty), .photo-form .field-problem")?.textContent };
}

// XMLHttpRequest, since fetch says nothing of how much has been sent.
const posted = ({ key, type, body }, onProgress) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.upload.addEventListener("load", () => onProgress(1));
    request.addEventListener("loadend", () => resolve(request));
    request.open("POST", "/");
    request.setRequestHeader("Content-Type", type);
    request.setRequestHeader("Idempotency-Key", key);
    request.send(body);
  });
