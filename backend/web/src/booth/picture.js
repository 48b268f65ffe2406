// The receipt as a picture to keep: what it says without the page, and nothing of the choice.

const WIDTH = 750;
const MARGIN = 50;
const LINE = 46;
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Draw title, lines and a QR code (an image's address). Answers a PNG as a Blob; throws when the code does not load or nothing can be drawn. */
export async function drawReceipt({ title, lines, codeAddress }) {
  const code = new Image();
  code.src = codeAddress;
  await code.decode();
  const canvas = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const written = [...wrap(pen, `700 36px ${FONT}`, title), { text: "" }, ...lines.flatMap((line) => wrap(pen, `28px ${FONT}`, line))];
  canvas.width = WIDTH;
  canvas.height = MARGIN * 3 + written.length * LINE + WIDTH / 2;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#1b2730";
  pen.textBaseline = "top";
  written.forEach(({ font, text }, place) => {
    pen.font = font ?? pen.font;
    pen.fillText(text, MARGIN, MARGIN + place * LINE);
  });
  pen.drawImage(code, WIDTH / 4, canvas.height - MARGIN - WIDTH / 2, WIDTH / 2, WIDTH / 2);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/** Cut a text into lines that fit; Chinese breaks anywhere, other words between spaces where they can. */
function wrap(pen, font, text) {
  pen.font = font;
  const lines = [""];
  for (const piece of text.match(/[\x21-\x7e]+ ?|./gu) ?? []) {
    if (pen.measureText(lines[lines.length - 1] + piece).width > WIDTH - 2 * MARGIN) lines.push("");
    lines[lines.length - 1] += piece;
  }
  return lines.map((line) => ({ font, text: line }));
}
