// A text as a QR code, drawn by the page itself: nobody else is told what it holds.

import { generate } from "lean-qr";
import { make } from "./dom.js";

const MARGIN = 4; // modules, as readers expect
const SCALE = 4;

/** A canvas with the code of a text, `label` for whoever does not see it. */
export function drawCode(text, label) {
  const code = generate(text);
  const canvas = make("canvas", { class: "qr", role: "img", "aria-label": label });
  const side = (code.size + 2 * MARGIN) * SCALE;
  Object.assign(canvas, { width: side, height: side });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, side, side);
  pen.fillStyle = "#000";
  for (let y = 0; y < code.size; y += 1)
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) pen.fillRect((x + MARGIN) * SCALE, (y + MARGIN) * SCALE, SCALE, SCALE);
  return canvas;
}
