"use strict";
// What both check pages share: words in two languages, nodes, and codes read from a picture. WORDS are the page's own.
let language = /^zh/i.test(navigator.language || "zh") ? 0 : 1;
const at = (id) => document.getElementById(id);
const say = (key, facts = {}) => WORDS[key][language].replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
const grouped = (hex) =>
  hex
    .replace(/^0x/, "")
    .match(/.{1,4}/g)
    .join(" ");

/** All fixed words of the page, in the language of now. */
function fillWords() {
  document.documentElement.lang = language ? "en" : "zh-CN";
  at("language").textContent = language ? "中文" : "English";
  at("language").lang = language ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
}

function line(kind, ...texts) {
  const node = document.createElement(kind);
  node.textContent = texts.join("");
  return node;
}

/** The addresses of the nodes that the visitor named. */
const nodeAddresses = () => [...document.querySelectorAll(".node")].map((node) => node.value);

async function ask(url, method, params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "omit",
    signal: AbortSignal.timeout?.(15000),
    body,
  });
  return Check.answered(await answer.json());
}

/** What codes in a picture say, by the browser's own reader, where it has one; "" for none. */
async function codeIn(input) {
  const [picture] = input.files;
  if (!picture) return "";
  const codes = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(picture)).catch(() => []);
  return codes[0]?.rawValue ?? "";
}

/** A code on the notice: the case's address, and the poll's number where it has one. */
async function scanNotice() {
  if (!at("scan").files.length) return;
  const code = await codeIn(at("scan"));
  if (code) at("case").value = code;
  at("scan-none").hidden = code !== "";
  const number = code.match(/[?&]poll=(\d+)/);
  if (number) at("number").value = number[1];
}

/** Both languages, the notice's code, and `redraw` whenever the words change. */
function preparePage(redraw) {
  at("language").addEventListener("click", () => {
    language = 1 - language;
    fillWords();
    redraw();
  });
  for (const node of document.querySelectorAll(".scan")) node.hidden = !("BarcodeDetector" in window);
  at("scan").addEventListener("change", scanNotice);
  fillWords();
}
