// The papers and the four visits of a trustee: take a key, deal, confirm, open (protocol §22).

import { KEY, OPENING } from "../crypto/trustee_file.js";
import { make } from "../page/dom.js";
import { KINDS, Papers } from "./papers.js";
import {
  area,
  field,
  fileField,
  identityIn,
  paperOut,
  passwordField,
  card as plainCard,
  refusal,
  saveAndReadBack,
  shownIn,
  step,
  textOf,
  wordList,
} from "./parts.js";
import { said } from "./say.js";
import { Turns, readAll } from "./turns.js";
import {
  Stopped,
  checkAnnounced,
  checkBackup,
  complainWith,
  confirmWith,
  dealWith,
  joinWith,
  openWith,
  signWith,
  take,
  wrongDealer,
} from "./visits.js";

const papers = new Papers();
const reading = new Turns();

/** A card of a visit, which begins when all papers that were brought are read. */
const card = (heading, words, fields, action, work) =>
  plainCard(heading, words, fields, action, async (...places) => {
    await reading.settled();
    return work(...places);
  });

const number = (input) => (/^\d{1,2}$/.test(input.value.trim()) ? Number(input.value) : NaN);

/** What was brought, one line for each kind. */
function brought(out) {
  out.append(
    make(
      "ul",
      { class: "brought" },
      KINDS.map((kind) =>
        make("li", {}, papers.count(kind) ? "✓ " : "· ", said("span", "trustee.kind_" + kind), " × " + papers.count(kind)),
      ),
    ),
  );
  if (papers.count("opening")) {
    const { case: theCase, seats, threshold } = papers.the("opening");
    out.append(said("p", "trustee.numbers", { case: theCase, seats, threshold }));
    if (seats < 2 * threshold) out.append(said("p", "trustee.few_seats"));
  }
  if (papers.count("appointed") === 1) out.append(said("p", "trustee.one_source"));
}

/** What was chosen and pasted; the fields are empty at once, and what comes into them next is another bringing. */
function takeOut(files, pasted) {
  const taken = [...files.files].map((file) => ({ name: file.name, text: () => file.text() }));
  const text = pasted.value;
  if (text.trim()) taken.push({ name: "", text: async () => text });
  [files.value, pasted.value] = ["", ""];
  return taken;
}

/** Papers are read in turn: the form takes the next while former ones are being read, and refuses each by itself. */
function papersCard() {
  const files = fileField("trustee.papers_files", { multiple: true });
  const pasted = area("trustee.papers_paste");
  const button = said("button", "trustee.papers_read", {}, { type: "submit" });
  const [faults, out] = [make("div"), make("div", { class: "out", role: "status" })];
  const form = make("form", {}, files.parentNode, pasted.parentNode, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!reading.busy) faults.replaceChildren();
    const taken = takeOut(files, pasted);
    reading.take(async () => {
      await readAll(papers, taken, (error) => faults.append(refusal(error)));
      out.replaceChildren();
      brought(out);
    });
  });
  return make("section", {}, said("h2", "trustee.papers_title"), said("p", "trustee.papers_words"), form, faults, out);
}

/** What the seat's identity signs: here by its key file, or elsewhere. */
function toSign(out, data) {
  if (!data) return;
  out.append(said("p", "trustee.sign_elsewhere"));
  paperOut(out, "trustee.typed_data", `${data.primaryType}.json`, data);
}

/** @type {() => [HTMLInputElement, HTMLInputElement]} */
const identityFields = () => [fileField("trustee.identity_file"), passwordField("trustee.identity_password")];

function takeCard() {
  const seat = field("trustee.seat", { inputmode: "numeric" });
  const [password, again] = [passwordField("trustee.password_new"), passwordField("trustee.password_again")];
  const [identity, identityPassword] = identityFields();
  const envelope = area("trustee.envelope_in");
  const recovering = make("details", {}, said("summary", "trustee.envelope_title"), envelope.parentNode);
  const fields = [seat, password, again, identity, identityPassword, recovering];
  return card("trustee.take_title", "trustee.take_words", fields, "trustee.take", async (out) => {
    const made = await take(papers, number(seat), password.value, again.value, envelope.value);
    envelope.value = "";
    saveAndReadBack(out, { ...made, password: password.value, format: KEY }, async (text) => {
      const {
        join,
        data,
        name,
        envelope: paper,
      } = await joinWith(papers, text, password.value, await identityIn(identity, identityPassword));
      toSign(out, data);
      paperOut(out, "trustee.join_out", name, join);
      out.append(
        make(
          "details",
          {},
          said("summary", "trustee.envelope_make"),
          said("p", "trustee.envelope_words"),
          shownIn("trustee.envelope_out", paper),
        ),
      );
      out.append(said("p", "trustee.take_next"));
    });
  });
}

const keyFields = () => [fileField("trustee.key_file"), passwordField("trustee.password")];

function dealCard() {
  const [file, password] = keyFields();
  return card("trustee.deal_title", "trustee.deal_words", [file, password], "trustee.deal", async (out) => {
    const { dealing, out: paper, text, name } = await dealWith(papers, await textOf(file), password.value);
    saveAndReadBack(out, { text, name, password: password.value, format: KEY }, async () => {
      paperOut(out, "trustee.deal_out", paper, dealing);
      out.append(said("p", "trustee.deal_next"));
    });
  });
}

/** A wrong share: its receiver may prove it, at the price of the ceremony. */
function offerComplaint(out, dealer, text, password) {
  out.append(said("p", "trustee.complain_words", { seat: dealer }));
  step(out, "trustee.complain", async (button) => {
    const made = await complainWith(papers, text, password, dealer);
    button.remove();
    saveAndReadBack(out, { ...made, password, format: KEY }, async () => paperOut(out, "trustee.complain_out", made.out, made.complaint));
  });
}

/** After all checks: the words, the other copy of the file, then the signatures. */
function compare(out, checked, text, password, [identity, identityPassword]) {
  const heard = make("input", { type: "checkbox" });
  const backup = fileField("trustee.backup_file");
  out.append(
    said("p", "trustee.words_words"),
    wordList(checked.words),
    make("label", { class: "tick" }, heard, said("span", "trustee.words_same")),
    backup.parentNode,
  );
  step(out, "trustee.sign", async (button) => {
    if (!heard.checked) throw new Stopped("trustee.words_not_ticked");
    await checkBackup(text, await textOf(backup), password);
    const made = await signWith(papers, checked, password, await identityIn(identity, identityPassword));
    button.disabled = true;
    saveAndReadBack(out, { ...made, password, format: OPENING }, async () => {
      button.remove();
      toSign(out, made.data);
      paperOut(out, "trustee.confirm_out", made.out, made.confirmation);
      paperOut(out, "trustee.seal_out", "seal.json", checked.seal);
      out.append(said("p", "trustee.confirm_next"));
    });
  });
}

function confirmCard() {
  const [file, password] = keyFields();
  const identity = identityFields();
  return card("trustee.confirm_title", "trustee.confirm_words", [file, password, ...identity], "trustee.confirm", async (out) => {
    const [text, typed] = [await textOf(file), password.value];
    try {
      compare(out, await confirmWith(papers, text, typed), text, typed, identity);
    } catch (error) {
      const dealer = wrongDealer(error);
      if (dealer !== null) offerComplaint(out, dealer, text, typed);
      throw error;
    }
  });
}

function announcedCard() {
  return card("trustee.announced_title", "trustee.announced_words", [], "trustee.announced", async (out) => {
    out.append(said("p", "trustee.announced_right"), wordList(await checkAnnounced(papers)));
  });
}

function openCard() {
  const file = fileField("trustee.opening_file");
  const password = passwordField("trustee.password");
  const closed = make("input", { type: "checkbox" });
  const tick = make("label", { class: "tick" }, closed, said("span", "trustee.closed_seen"));
  return card("trustee.open_title", "trustee.open_words", [file, password, tick], "trustee.open", async (out) => {
    if (!closed.checked) throw new Stopped("trustee.closed_not_ticked");
    const { share, name } = await openWith(papers, await textOf(file), password.value, Date.now() / 1000);
    paperOut(out, "trustee.open_out", name, share);
    out.append(said("p", "trustee.open_next"));
  });
}

/** All cards, in the order of the visits. */
export const cards = () => [papersCard(), takeCard(), dealCard(), confirmCard(), announcedCard(), openCard()];
