// Plane geometry: a homography is nine numbers, row by row, that take px of one picture to px of another.

export const multiplied = (a, b) =>
  [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => [0, 1, 2].reduce((sum, k) => sum + a[3 * row + k] * b[3 * k + column], 0)));

export const scaled = (x, y) => [x, 0, 0, 0, y, 0, 0, 0, 1];

/** The other way round, up to a factor, which means nothing to a homography. */
export function inverted([a, b, c, d, e, f, g, h, i]) {
  return [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
}

export function moved([a, b, c, d, e, f, g, h, i], { x, y }) {
  const w = g * x + h * y + i;
  return { x: (a * x + b * y + c) / w, y: (d * x + e * y + f) / w };
}

/** The same homography, of such a sign that `point` lies before the eye: style sheets hide what lies behind. */
export function facing(homography, { x, y }) {
  const sign = Math.sign(homography[6] * x + homography[7] * y + homography[8]) || 1;
  return homography.map((one) => one * sign);
}

/** As the style sheet's `transform`, which writes columns. */
export const transform = ([a, b, c, d, e, f, g, h, i]) =>
  `matrix3d(${[a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, i].map((one) => one.toExponential(9)).join(",")})`;
