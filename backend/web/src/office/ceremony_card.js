// One key ceremony at the desk: seats by step, who is missing, papers in and out, the twelve words, and what officials do with it.

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row, stackedTable } from "../page/dom.js";
import { save } from "../page/files.js";
import { CeremonyRefused } from "../crypto/ceremony.js";
import { fault } from "./case.js";
import { ceremonyPath, keyFrom, papersOf, placeOf } from "./ceremonies.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const STEPS = ["joined", "dealt", "confirmed"];
const MOST_BYTES = 1_000_000;

/** A seat's line: name, then each step done or waited for. */
function seatLine(seat) {
  const cell = (step) =>
    make("td", { "data-label": say("office.seat_" + step) }, say(seat[step] ? "office.step_done" : "office.step_waits"));
  return make("tr", {}, make("th", { scope: "row" }, `${seat.seat} · ${seat.name}`), STEPS.map(cell));
}

function seatTable({ seats }) {
  const heads = [say("office.seat"), ...STEPS.map((step) => say("office.seat_" + step))];
  return stackedTable(say("office.seats"), heads, seats.map(seatLine));
}

/** Which seats are waited for, by name; nothing where none is. */
export function missingWords({ missing, seats }) {
  const names = missing.map((at) => `${seats[at].name} (${at})`).join(say("common.ways_between"));
  return missing.length ? make("p", { class: "notice" }, say("office.seats_missing", { names })) : null;
}

/** The key that this page worked out, with its words and fingerprint; or that the papers do not hold. */
async function keyWords(ceremony, theCase) {
  if (!ceremony.seal_key || ["used", "failed"].includes(ceremony.status)) return null;
  try {
    const { words, sealKey } = await keyFrom(ceremony, theCase);
    if (sealKey.transcript_hash !== ceremony.seal_key.transcript_hash) throw new CeremonyRefused("own_dealing_changed");
    return [
      make("p", {}, say("office.key_words")),
      make(
        "ol",
        { class: "words", lang: "en" },
        words.map(({ word, number }) => make("li", {}, make("b", {}, word), " ", make("span", {}, String(number)))),
      ),
      make("dl", { class: "rows" }, row(say("office.key_fingerprint"), sealKey.transcript_hash, "hash")),
    ];
  } catch (error) {
    if (!(error instanceof CeremonyRefused)) throw error;
    return make("p", { class: "refusal" }, say("office.key_wrong", { reason: error.message }));
  }
}

/** Papers for the trustees' own page: saved here, brought to it as files. */
function papersOut(ceremony, serving) {
  const out = (name, text) =>
    make("button", { type: "button", class: "quiet", click: () => save(new Blob([text], { type: "application/json" }), name) }, name);
  return make(
    "details",
    {},
    make("summary", {}, say("office.papers_out")),
    make("p", {}, say("office.papers_out_words")),
    make(
      "p",
      { class: "acts" },
      make("a", { class: "button quiet", href: "/trustee.html", download: true }, say("office.trustee_page")),
      papersOf(ceremony, serving).map(([name, text]) => out(name, text)),
      ceremony.seal_key
        ? make("a", { class: "button quiet", href: ceremonyPath(ceremony.id, "/seal.json"), download: "seal.json" }, "seal.json")
        : null,
    ),
  );
}

/** The paper in a file. Throws a Refusal for what is none of this ceremony's. */
async function readPaper(file, ceremony) {
  if (!file || file.size > MOST_BYTES) throw inWords(say("office.paper_unread"));
  /** @type {any} */
  let paper = null;
  try {
    paper = JSON.parse(await file.text());
  } catch {
    throw inWords(say("office.paper_unread"));
  }
  const place = placeOf(paper);
  if (!place) throw inWords(say("office.paper_unread"));
  if (paper.ceremony !== undefined && paper.ceremony !== ceremony.paper.ceremony) throw inWords(say("office.paper_of_another"));
  return place;
}

/** A trustee without a connection brings papers as files; they prove themselves, so any official may hand them in. */
function papersIn(ceremony, redraw) {
  const take = acting(
    async (form) => {
      const [place, body] = await readPaper(form.elements.paper.files[0], ceremony);
      await post(ceremonyPath(ceremony.id, place), body);
      await redraw();
    },
    (form) => form,
  );
  return make(
    "form",
    { submit: take },
    make(
      "label",
      {},
      say("office.paper_in"),
      make("input", { type: "file", name: "paper", accept: "application/json,.json", required: true }),
    ),
    fault(),
    make("button", { type: "submit", class: "quiet" }, say("office.paper_send")),
  );
}

function closeButton(ceremony, redraw) {
  if (ceremony.status !== "joining" || ceremony.missing.length) return null;
  return make(
    "p",
    { class: "acts" },
    make(
      "button",
      {
        type: "button",
        click: acting(async () => {
          await post(ceremonyPath(ceremony.id, "/roll"));
          await redraw();
        }),
      },
      say("office.roll_close"),
    ),
  );
}

function endForm(ceremony, redraw) {
  const end = acting(
    async (form) => {
      await post(ceremonyPath(ceremony.id, "/end"), { reason: form.elements.reason.value });
      await redraw();
    },
    (form) => form,
  );
  return make(
    "details",
    {},
    make("summary", {}, say("office.ceremony_end")),
    make(
      "form",
      { submit: end },
      make("p", {}, say("office.ceremony_end_words")),
      make("label", {}, say("office.ceremony_reason"), make("textarea", { name: "reason", rows: "2", required: true, maxlength: "500" })),
      fault(),
      make("button", { type: "submit", class: "quiet" }, say("office.ceremony_end")),
    ),
  );
}

/** A ceremony in full. */
export async function drawCeremony(ceremony, theCase, serving, redraw) {
  const { number, threshold, seats } = ceremony.paper;
  const underway = ["joining", "dealing", "confirming"].includes(ceremony.status);
  return make(
    "section",
    { "data-ceremony-id": ceremony.id },
    make("h4", {}, say("office.ceremony_number", { number, threshold, seats })),
    make("p", { class: "stage" }, say("office.ceremony_" + ceremony.status)),
    ceremony.could_block ? make("p", { class: "notice" }, say("office.could_block")) : null,
    seatTable(ceremony),
    missingWords(ceremony),
    ceremony.failure ? make("p", { class: "refusal" }, say("office.ceremony_failure", { reason: ceremony.failure })) : null,
    await keyWords(ceremony, theCase),
    fault(),
    closeButton(ceremony, redraw),
    underway ? [papersOut(ceremony, serving), papersIn(ceremony, redraw)] : null,
    underway || ceremony.status === "complete" ? endForm(ceremony, redraw) : null,
  );
}
