// A sealed poll at the desk after its close: who has opened, who is missing, how far counting is, and giving a poll up that nobody opens.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { beijing } from "../page/words.js";
import { fault } from "./case.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const path = (poll, rest) => `/api/polls/${encodeURIComponent(poll.id)}/${rest}`;
const LISTED = 200;

/** How many ballots are in the box, and of how many lenders the newest is counted; no number of choices. */
export function progressWords({ stage, progress, seats, opened, threshold }) {
  if (!progress) return say("office.box_sealed");
  if (stage === "closed")
    return say("office.box_waits", { ballots: progress.ballots, lenders: progress.lenders, opened, threshold, seats: seats.length });
  return say("office.box_counted", { counted: progress.counted, lenders: progress.lenders, ballots: progress.ballots });
}

/** A share as the trustee's page or tool writes it, `{ seat, share }`. Throws a Refusal for anything else. */
export function shareIn(text) {
  try {
    const { seat, share } = JSON.parse(text);
    if (Number.isInteger(seat) && /^0x[0-9a-fA-F]{64}$/.test(share)) return { seat, share };
  } catch {
    // told below
  }
  throw inWords(say("office.share_unread"));
}

function shareForm(poll, redraw) {
  const publish = acting(
    async (form) => {
      const [file] = form.elements.file.files;
      await post(path(poll, "shares"), shareIn(file ? await file.text() : form.elements.share.value));
      await redraw();
    },
    (form) => form,
  );
  return make(
    "details",
    {},
    make("summary", {}, say("office.share_in")),
    make(
      "form",
      { submit: publish },
      make("p", {}, say("office.share_words")),
      make("label", {}, say("office.share_file"), make("input", { type: "file", name: "file", accept: "application/json,.json" })),
      make(
        "label",
        {},
        say("office.share_text"),
        make("textarea", { name: "share", rows: "3", spellcheck: "false", autocomplete: "off", class: "hash" }),
      ),
      fault(),
      make("button", { type: "submit" }, say("office.share_publish")),
    ),
  );
}

/** Giving up is offered only once its time has come; before, the page says when that is. */
function abandonForm(poll, redraw) {
  const overdue = Math.floor(Date.parse(poll.closes_at) / 1000) + poll.sealing.abandon_after_seconds;
  if (Date.parse(poll.chain_time) / 1000 < overdue)
    return make("p", { class: "hint" }, say("office.abandon_from", { moment: beijing(overdue) }));
  const propose = acting(
    async (form) => {
      await post(path(poll, "abandonment"), { reason: form.elements.reason.value });
      await redraw();
    },
    (form) => form,
  );
  return make(
    "details",
    {},
    make("summary", {}, say("office.abandon")),
    make(
      "form",
      { submit: propose },
      make("p", { class: "refusal" }, say("office.abandon_words")),
      make("label", {}, say("office.abandon_reason"), make("textarea", { name: "reason", rows: "2", required: true, maxlength: "1000" })),
      fault(),
      make("button", { type: "submit", class: "quiet" }, say("office.abandon")),
    ),
  );
}

/** Indexes of the register, as many as people read. */
const listed = (indexes) => indexes.slice(0, LISTED).join(say("common.ways_between")) + (indexes.length > LISTED ? " …" : "");

/** Everything after the close but the sums; null in an open poll. */
export async function drawUnsealing(poll, redraw) {
  if (!poll.sealing || ["announced", "open"].includes(poll.stage)) return null;
  const seal = await get(path(poll, "seal"));
  const lines = seal.seats.map(({ seat, name, opened }) =>
    row(`${seat} · ${name}`, say(opened ? "office.seat_opened" : "office.seat_not_opened")),
  );
  const missing = seal.seats
    .filter(({ opened }) => !opened)
    .map(({ seat, name }) => `${name} (${seat})`)
    .join(say("common.ways_between"));
  const { invalid = [], invalid_count: invalidCount = 0 } = seal.progress ?? {};
  const undecided = ["closed", "unsealed", "counted"].includes(seal.stage);
  return make(
    "section",
    { "data-seal": true },
    make("h4", {}, say("office.seal")),
    make("p", { class: "notice" }, progressWords(seal)),
    seal.seal_broken_at ? make("p", { class: "refusal" }, say("public.seal_broken", { moment: beijing(seal.seal_broken_at) })) : null,
    make("dl", { class: "rows" }, lines),
    seal.stage === "closed" && missing
      ? make("p", { class: "notice" }, say("office.seats_not_opened", { names: missing, threshold: seal.threshold, opened: seal.opened }))
      : null,
    invalidCount ? make("p", { class: "notice" }, say("office.box_invalid", { count: invalidCount, indexes: listed(invalid) })) : null,
    seal.stage === "closed" ? shareForm(poll, redraw) : null,
    undecided ? abandonForm(poll, redraw) : null,
  );
}

/** Before the close: which key, whose seats. */
export function drawSealing({ sealing, stage }) {
  if (!sealing || !["announced", "open"].includes(stage)) return null;
  const names = sealing.seats.map(({ seat, name }) => `${name} (${seat})`).join(say("common.ways_between"));
  return make("p", { class: "hint" }, say("office.sealed_until", { threshold: sealing.threshold, seats: sealing.seats.length, names }));
}
