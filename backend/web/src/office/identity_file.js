// What binds photos and persons to the register's indexes: the file handed in here, and what an official's page works out of it before anybody signs.

import { download, upload } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, make } from "../page/dom.js";
import { keccak, toHex } from "../crypto/protocol.js";
import { say } from "./say.js";

/** Where the file of an act is kept. */
export const identityFilePath = (act) => `/api/acts/${encodeURIComponent(act.id)}/identity-file`;

/** How many lenders, photos and persons a file binds; its indexes have to rise. Throws what a line that is none throws. */
export function countsOf(content) {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  if (!text.endsWith("\n")) throw new SyntaxError("the last line has no end");
  const counts = { lenders: 0, photos: 0, persons: 0 };
  let before = -1;
  for (const line of text.slice(0, -1).split("\n")) {
    const { index, photos, person } = JSON.parse(line);
    if (!Number.isSafeInteger(index) || index <= before) throw new RangeError("indexes have to rise");
    before = index;
    counts.lenders += 1;
    counts.photos += photos.length;
    counts.persons += person === null ? 0 : 1;
  }
  return counts;
}

/** IdentityFile from the file's own bytes; throws a RangeError when the words shown are not about this file. */
export function identityFileMessage({ number, summary }, content) {
  const fileHash = toHex(keccak(content));
  const same = Object.entries(countsOf(content)).every(([name, count]) => summary[name] === count) && summary.bytes === content.length;
  if (!same || summary.file_hash !== fileHash || summary.register_number !== number)
    throw new RangeError("the words are not about this file");
  return { registerNumber: number, fileHash };
}

/** The indexes to which a file binds a photo, by the photo's bytes. */
export function indexesOf(content, photo) {
  const hash = toHex(keccak(photo));
  const lines = new TextDecoder()
    .decode(content)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return lines.filter(({ photos }) => photos.includes(hash)).map(({ index }) => index);
}

async function lookUp(form, act) {
  const photo = new Uint8Array(await form.elements.photo.files[0].arrayBuffer());
  const indexes = indexesOf(await download(identityFilePath(act)), photo);
  const words = indexes.length ? say("office.identity_file_bound", { indexes: indexes.join("、") }) : say("office.identity_file_unbound");
  fill("photo-bound", words, form);
}

/** For an act about a file: what it means, the file to look at, and to whom it binds a photo that an official chooses. */
export function aboutFile(act) {
  if (act.kind !== "identity_file" || act.status === "done" || act.status === "withdrawn") return null;
  const input = make("input", { id: "photo-" + act.id, type: "file", name: "photo", accept: "image/*", required: true });
  return [
    make("p", {}, say("office.identity_file_about")),
    make("p", {}, make("a", { href: identityFilePath(act), download: "identities.jsonl" }, say("office.identity_file_download"))),
    make(
      "form",
      { submit: acting((form) => lookUp(form, act)) },
      make("label", { for: input.id }, say("office.identity_file_photo")),
      input,
      make("p", { class: "notice", role: "status", "data-fill": "photo-bound" }),
      make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
      make("button", { type: "submit", class: "quiet" }, say("office.identity_file_look")),
    ),
  ];
}

async function handIn(form, theCase, redraw) {
  const body = new FormData();
  const file = form.elements.file.files[0];
  body.append("file", file, file.name);
  await upload(`/api/cases/${encodeURIComponent(theCase.id)}/identity-files`, body);
  await redraw();
}

/** The form that lays a file before the officials, once a register is frozen. */
export function drawIdentityFile(theCase, register, redraw) {
  if (register.status !== "frozen") return null;
  const input = make("input", { id: "identities-" + theCase.id, type: "file", name: "file", accept: ".jsonl", required: true });
  return make(
    "details",
    { "data-identity-file": true },
    make("summary", {}, say("office.identity_file")),
    make("p", {}, say("office.identity_file_words")),
    make(
      "form",
      { submit: acting((form) => handIn(form, theCase, redraw)) },
      make("label", { for: input.id }, say("office.identity_file_file")),
      input,
      make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
      make("button", { type: "submit", class: "quiet" }, say("office.identity_file_propose")),
    ),
  );
}
