// Trustees of a case at the desk: who serves, their appointment, and the key ceremonies.

import { explain, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { fault } from "./case.js";
import { canSeal, ceremoniesOf, ceremonyAt, servingIn } from "./ceremonies.js";
import { drawCeremony } from "./ceremony_card.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const OVER = ["used", "failed"];
const SEATS = 6;
const THRESHOLD = 3;

/** Seats as people write them: one a line, the name, then the signing key. Throws a Refusal naming the line that is none. */
export function seatsIn(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, place) => {
      const [, name, signer] = /^(.+?)[\s,，]+(0x[0-9a-fA-F]+)$/.exec(line) ?? [];
      if (!name) throw inWords(say("office.trustee_line_unread", { line: place + 1 }));
      return { name, signer: signer.toLowerCase() };
    });
}

function appointmentForm(theCase, redraw) {
  const propose = acting(
    async (form) => {
      const seats = seatsIn(form.elements.seats.value);
      await post(`/api/cases/${encodeURIComponent(theCase.id)}/trustees`, {
        signers: seats.map(({ signer }) => signer),
        names: seats.map(({ name }) => name),
      });
      await redraw();
    },
    (form) => form,
  );
  return make(
    "details",
    {},
    make("summary", {}, say("office.trustees_appoint")),
    make(
      "form",
      { submit: propose },
      make("p", {}, say(theCase.rehearsal ? "office.trustees_words_rehearsal" : "office.trustees_words")),
      make(
        "label",
        {},
        say("office.trustees_seats"),
        make("textarea", { name: "seats", rows: String(SEATS), required: true, spellcheck: "false", class: "hash" }),
      ),
      make("p", { class: "hint" }, say("office.trustees_hint")),
      fault(),
      make("button", { type: "submit" }, say("office.trustees_propose")),
    ),
  );
}

/**
 * The escrow of the register's openings: without signatures it is laid before the officials, with those of officials and trustees it is
 * handed in, and the page says whose are missing.
 */
function escrowForm(theCase, redraw) {
  const said = make("p", { role: "status" });
  const at = `/api/cases/${encodeURIComponent(theCase.id)}/escrows`;
  const take = acting(
    async (form) => {
      const paper = await readEscrow(form.elements.escrow.files[0]);
      if (!paper.signatures.length) {
        await post(at + "/proposal", paper);
        return redraw();
      }
      const { missing } = await post(at, paper);
      said.textContent = missing.length ? say("office.escrow_missing", { seats: missing.join(", ") }) : say("office.escrow_complete");
    },
    (form) => form,
  );
  return make(
    "details",
    { "data-part": "escrow" },
    make("summary", {}, say("office.escrow")),
    make(
      "form",
      { submit: take },
      make("p", {}, say("office.escrow_words")),
      make(
        "label",
        {},
        say("office.escrow_file"),
        make("input", { type: "file", name: "escrow", accept: "application/json,.json", required: true }),
      ),
      fault(),
      said,
      make("button", { type: "submit", class: "quiet" }, say("office.escrow_send")),
    ),
  );
}

async function readEscrow(file) {
  try {
    const paper = JSON.parse(await file.text());
    if (Array.isArray(paper.signatures)) return paper;
  } catch {
    // said below
  }
  throw inWords(say("office.escrow_unread"));
}

/** Names for the seats, as the newest ceremony had them while the same people serve. */
const namesFrom = (former, serving) =>
  serving.map((signer, seat) =>
    former?.seats[seat]?.signer === signer && former.seats.length === serving.length ? former.seats[seat].name : "",
  );

function beginForm(theCase, serving, former, redraw) {
  const names = namesFrom(former, serving);
  const begin = acting(
    async (form) => {
      const fields = serving.map((_, seat) => form.elements["name-" + seat].value.trim());
      await post(`/api/cases/${encodeURIComponent(theCase.id)}/ceremonies`, {
        threshold: Number(form.elements.threshold.value),
        names: fields,
      });
      await redraw();
    },
    (form) => form,
  );
  const threshold = Math.min(THRESHOLD, serving.length);
  return make(
    "details",
    {},
    make("summary", {}, say("office.ceremony_begin")),
    make(
      "form",
      { submit: begin },
      make("p", {}, say("office.ceremony_begin_words", { seats: serving.length })),
      serving.map((signer, seat) =>
        make(
          "label",
          {},
          say("office.seat_name", { seat }),
          make("input", { name: "name-" + seat, required: true, maxlength: "100", value: names[seat] }),
          make("small", { class: "hash" }, signer),
        ),
      ),
      make(
        "label",
        {},
        say("office.ceremony_threshold"),
        make("input", {
          type: "number",
          name: "threshold",
          min: "2",
          max: String(serving.length),
          value: String(threshold),
          required: true,
        }),
      ),
      fault(),
      make("button", { type: "submit" }, say("office.ceremony_begin")),
    ),
  );
}

function drawServing(serving, former) {
  if (!serving.length) return make("p", {}, say("office.trustees_none"));
  const names = namesFrom(former, serving);
  return make(
    "dl",
    { class: "rows" },
    serving.map((signer, seat) => row(names[seat] || say("office.seat_number", { seat }), signer, "hash")),
  );
}

/** The trustees' part of a case; nothing in a case whose contract knows no sealed polls. Where no node answers, the rest of the desk stays. */
export async function drawTrustees(theCase, redraw) {
  if (!canSeal(theCase)) return null;
  try {
    return await drawn(theCase, redraw);
  } catch (error) {
    if (error.status === 401) throw error; // the whole desk's matter
    return make(
      "section",
      { "data-trustees": true },
      make("h3", {}, say("office.trustees")),
      make("div", { class: "refusal" }, explain(error)),
    );
  }
}

async function drawn(theCase, redraw) {
  const [serving, lines] = await Promise.all([servingIn(theCase), ceremoniesOf(theCase)]);
  const newest = lines.length ? await ceremonyAt(lines[0].id) : null;
  const current = newest && !OVER.includes(newest.status) ? newest : null;
  const former = lines.filter(({ id }) => id !== current?.id);
  return make(
    "section",
    { "data-trustees": true },
    make("h3", {}, say("office.trustees")),
    drawServing(serving, newest),
    appointmentForm(theCase, redraw),
    serving.length ? escrowForm(theCase, redraw) : null,
    make("h4", {}, say("office.ceremonies")),
    current ? await drawCeremony(current, theCase, serving, redraw) : make("p", {}, say("office.ceremonies_none")),
    serving.length && !(current && current.status !== "complete") ? beginForm(theCase, serving, newest, redraw) : null,
    make("p", {}, make("a", { href: `/cases/${encodeURIComponent(theCase.id)}/ceremonies` }, say("public.ceremonies_link"))),
    former.length
      ? make(
          "details",
          {},
          make("summary", {}, say("office.ceremonies_former")),
          make(
            "ul",
            {},
            former.map(({ number, threshold, seats, status }) =>
              make("li", {}, say("office.ceremony_number", { number, threshold, seats }), " · ", say("office.ceremony_" + status)),
            ),
          ),
        )
      : null,
  );
}
