// What the four cards of the trustee's page are made of: fields, files, papers that go out, refusals in words.

import { CeremonyRefused } from "../crypto/ceremony.js";
import { FileDamaged, NoTrusteeFile, PasswordTooShort, PasswordWrong, isReadBack, openTrusteeFile } from "../crypto/trustee_file.js";
import { EnvelopeNotRead } from "../crypto/envelope.js";
import { canonical } from "../crypto/canonical.js";
import { make } from "../page/dom.js";
import { PaperMissing, PaperUnread, PapersDiffer } from "./papers.js";
import { put, said } from "./say.js";
import { Turns } from "./turns.js";
import { Stopped } from "./visits.js";

/** A labelled field: the input, with its label as `parentNode`. */
export function field(key, properties = {}) {
  const input = make("input", { autocomplete: "off", spellcheck: "false", ...properties });
  make("label", {}, said("span", key), input);
  return input;
}

export const fileField = (key, properties = {}) => field(key, { type: "file", accept: ".json,application/json", ...properties });
export const passwordField = (key) => field(key, { type: "password" });

/** The text of the chosen file. Throws Stopped when none was chosen. */
export async function textOf(input) {
  const [file] = input.files;
  if (!file) throw new Stopped("trustee.file_not_chosen");
  return file.text();
}

/** An identity's key file and its password as they were entered; both may be empty. */
export const identityIn = async (file, password) => ({ text: file.files.length ? await textOf(file) : "", password: password.value });

/** The sentence of an error and its facts. */
function sentenceOf(error) {
  if (error instanceof CeremonyRefused) return ["trustee.refused_" + error.reason, { seat: error.seat ?? "" }];
  if (error instanceof Stopped) return [error.key, error.facts];
  if (error instanceof PapersDiffer) return ["trustee.differ_" + error.kind, {}];
  if (error instanceof PaperMissing) return ["trustee.missing_" + error.kind, {}];
  if (error instanceof PaperUnread) return ["trustee.paper_unread", { name: error.message }];
  if (error instanceof PasswordWrong) return ["trustee.password_wrong", {}];
  if (error instanceof PasswordTooShort) return ["trustee.password_short", {}];
  if (error instanceof EnvelopeNotRead) return ["trustee.envelope_wrong", {}];
  if (error instanceof FileDamaged) return ["trustee.file_damaged", {}];
  if (error instanceof NoTrusteeFile) return ["trustee.file_none", {}];
  return ["trustee.fault", { message: String(error?.message ?? error) }];
}

/** A refusal as a line of its own. */
export const refusal = (error) => said("p", ...sentenceOf(error), { class: "fault", role: "alert" });

/** A form that works once at a time; what it made stands in its `out`, what stopped it in its fault. */
export function card(heading, words, fields, action, work) {
  const button = said("button", action, {}, { type: "submit" });
  const fault = make("p", { class: "fault", role: "alert", hidden: true });
  const out = make("div", { class: "out" });
  const form = make(
    "form",
    {},
    fields.map((input) => input.parentNode ?? input),
    button,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    return doing(button, fault, () => {
      out.replaceChildren();
      return work(out, fault);
    });
  });
  return make("section", {}, said("h2", heading), said("p", words), form, fault, out);
}

/** Work for a button, whose refusal is told in a node. */
export async function doing(button, fault, work) {
  if (button.disabled) return;
  button.disabled = true;
  fault.hidden = true;
  try {
    await work();
  } catch (error) {
    put(fault, ...sentenceOf(error));
    fault.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** A button in what a card made. */
export function step(out, action, work) {
  const [button, fault] = [said("button", action, {}, { type: "button" }), make("p", { class: "fault", role: "alert", hidden: true })];
  button.addEventListener("click", () => doing(button, fault, () => work(button)));
  out.append(button, fault);
  return button;
}

/** A labelled area of text. */
export function area(key, properties = {}) {
  const node = make("textarea", { rows: 5, spellcheck: "false", autocomplete: "off", ...properties });
  make("label", {}, said("span", key), node);
  return node;
}

function link(key, name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  return said("a", key, { name }, { class: "button", href, download: name });
}

/**
 * A file to save, and to choose again from the disk: only then `after` is called, with the text as it was read. Whoever loses this file loses
 * the seat's part, so nothing that depends on it goes out before.
 */
export function saveAndReadBack(out, { text, name, password, format }, after) {
  const back = fileField("trustee.read_back");
  const answer = make("p", { role: "status" });
  const turns = new Turns();
  const readBack = async () => {
    if (back.disabled) return; // a second choice while the first was read, which was right
    try {
      const read = await textOf(back);
      const { secret } = await openTrusteeFile(text, password, format);
      const right = await isReadBack(read, password, secret, format);
      secret.fill(0);
      if (!right || read !== text) throw new Stopped("trustee.read_back_another");
      put(answer, "trustee.read_back_right");
      back.disabled = true;
      await after(read);
    } catch (error) {
      put(answer, ...sentenceOf(error));
    }
  };
  back.addEventListener("change", () => turns.take(readBack));
  out.append(said("p", "trustee.save_words"), link("trustee.save", name, text), back.parentNode, answer);
}

/** A paper that goes out: to read, to copy, to save. */
export function paperOut(out, key, name, value) {
  const text = canonical(value);
  out.append(shownIn(key, text), link("trustee.save", name, text));
}

/** A text to read and to copy. */
export function shownIn(key, text) {
  const node = area(key, { readonly: true });
  node.value = text;
  node.addEventListener("focus", () => node.select());
  return node.parentNode;
}

/** The twelve words with their numbers. */
export const wordList = (words) =>
  make(
    "ol",
    { class: "words", lang: "en" },
    words.map(({ word, number }) => make("li", {}, make("b", {}, word), " ", make("span", {}, String(number)))),
  );
