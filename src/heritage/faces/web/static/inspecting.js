// Asks the server, before any search, where objects are in a photo and how a better one would be taken.

import { jpegOf } from "./photos.js";

const PATIENCE_MS = 20_000;

/**
 * `{boxes, advice}` for a photo as `prepared` made it: boxes in px of the photo as sent, advice by its kind ("blurred").
 * Nothing of either where the server cannot be asked: a search never waits for it. The small picture is enough, and
 * spares a slow line.
 */
export async function inspected({ canvas, width }) {
  try {
    const form = new FormData();
    form.append("image", await jpegOf(canvas, "photo"));
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch("/v1/inspect", { method: "POST", body: form, signal });
    const { width: seenWidth, regions, advice } = await response.json();
    const scale = width / seenWidth;
    const sized = (region) => Object.fromEntries(SIDES.map((side) => [side, region[side] * scale]));
    return { boxes: regions.map(sized), advice: advice.map(({ kind }) => kind) };
  } catch {
    return { boxes: [], advice: [] };
  }
}

const SIDES = ["left", "top", "width", "height"];
