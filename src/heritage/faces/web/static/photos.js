// Photos as they are sent: upright, and no larger than a search can use, since a border post's line is slow.

const SENT_SIDE = 2400; // px, long side
const SHOWN_SIDE = 1200;
const QUALITY = 0.85;

/**
 * What is sent for a file, and how it looks: `{file, width, height, canvas}`, px of the upright photo as sent. A file that
 * is small enough is sent byte for byte; so is one that this browser cannot read (HEIC, say), without size or canvas.
 */
export async function prepared(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file); // upright: the orientation of EXIF is applied
    const scale = Math.min(1, SENT_SIDE / Math.max(bitmap.width, bitmap.height));
    const sent = scale < 1 ? drawn(bitmap, SENT_SIDE) : bitmap;
    const smaller = scale < 1 ? await jpegOf(sent, file.name) : file;
    return { file: smaller, width: sent.width, height: sent.height, canvas: drawn(sent, SHOWN_SIDE) };
  } catch {
    return { file }; // or a phone that has no memory left for it
  } finally {
    bitmap?.close();
  }
}

/** A small picture of a photo file as a data: address, or nothing when this browser cannot read it. */
export async function pictured(file, side) {
  try {
    const bitmap = await createImageBitmap(file);
    const address = drawn(bitmap, side).toDataURL("image/jpeg", QUALITY);
    bitmap.close();
    return address;
  } catch {
    return "";
  }
}

function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // what is transparent is searched on white
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export async function jpegOf(canvas, name) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no memory left for the picture"); // a file of nothing would be sent otherwise
  return new File([blob], `${name.replace(/\.\w+$/, "") || "photo"}.jpg`, { type: "image/jpeg" });
}
