// Lenders' complaints about a poll, and the officials' answers.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { beijing } from "../page/words.js";
import { fault } from "./case.js";
import { say } from "./say.js";

function answerForm(complaint, redraw) {
  const send = acting(async (form) => {
    await post(`/api/complaints/${encodeURIComponent(complaint.id)}/answer`, { answer: form.elements.answer.value });
    await redraw();
  });
  return [
    fault(),
    make(
      "form",
      { submit: send },
      make("label", {}, say("office.complaint_answer"), make("textarea", { name: "answer", required: true, rows: "2", maxlength: "1000" })),
      make("button", { type: "submit" }, say("office.complaint_close")),
    ),
  ];
}

/** Where each of the lender's receipts stands, for whoever answers; only here does an official see more than whether a ballot stands. */
const showReceipts = (complaint) =>
  acting(
    async (button) => {
      const receipts = await get(`/api/complaints/${encodeURIComponent(complaint.id)}/receipts`);
      const card = (receipt) =>
        make(
          "dl",
          { class: "rows" },
          row(say("public.receipt_number"), receipt.number),
          row(say("public.receipt_status"), say("common.status_" + receipt.status)),
          row(say("public.receipt_received"), beijing(receipt.received_at)),
          row(say("public.receipt_sequence"), String(receipt.sequence)),
          row(say("public.receipt_digest"), receipt.ballot_digest, "hash"),
          receipt.tx_hash ? row(say("public.receipt_tx"), receipt.tx_hash, "hash") : null,
          receipt.by_another_key ? make("p", { class: "refusal" }, say("common.by_another_key")) : null,
        );
      button.replaceWith(...(receipts.length ? receipts.map(card) : [make("p", {}, say("office.complaint_no_receipts"))]));
    },
    (node) => node.closest("section"),
  );

function cardOf(complaint, redraw) {
  const { receipt_number: receipt } = complaint;
  return make(
    "section",
    { "data-complaint-id": complaint.id },
    make("h5", {}, complaint.name_masked, " · ", say("common.complaint_kind_" + complaint.kind)),
    make("p", { class: "text" }, complaint.text),
    make(
      "dl",
      { class: "rows" },
      row(say("common.complaint_filed"), beijing(complaint.filed_at)),
      receipt ? row(say("common.complaint_receipt"), receipt) : null,
    ),
    make("button", { type: "button", class: "quiet", click: showReceipts(complaint) }, say("office.complaint_receipts")),
    complaint.status === "waiting"
      ? answerForm(complaint, redraw)
      : make(
          "p",
          { class: "notice" },
          say("common.complaint_answered", { by: complaint.answered_by, moment: beijing(complaint.answered_at) }),
          make("br"),
          complaint.answer,
        ),
  );
}

/** A poll's complaints: those waiting in full, the answered ones folded away. */
export async function drawComplaints(poll, redraw) {
  if (poll.stage === "announced") return null;
  const at = `/api/polls/${encodeURIComponent(poll.id)}/complaints`;
  const complaints = await get(at);
  const waiting = complaints.filter(({ status }) => status === "waiting");
  const closed = complaints.filter(({ status }) => status !== "waiting");
  const cards = (some) => some.map((complaint) => cardOf(complaint, redraw));
  return make(
    "section",
    {},
    make("h4", {}, say("office.complaints")),
    waiting.length
      ? [make("p", {}, say("office.complaints_waiting", { count: waiting.length })), cards(waiting)]
      : make("p", {}, say("office.complaints_none")),
    closed.length
      ? make("details", {}, make("summary", {}, say("office.complaints_closed", { count: closed.length })), cards(closed))
      : null,
    complaints.length
      ? make("p", {}, make("a", { class: "button quiet", href: at + ".csv", download: true }, say("office.complaints_file")))
      : null,
  );
}
