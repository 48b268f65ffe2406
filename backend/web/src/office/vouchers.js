// Lenders who asked to be seen by officials.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { keyCode } from "../crypto/protocol.js";
import { beijing, pageLanguage } from "../page/words.js";
import { voucherAgrees } from "./agreement.js";
import { ownSignature } from "./signed.js";
import { describe, sentenceOf, signTyped } from "./signing.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

async function vouch(request, poll, redraw) {
  const typed = request.typed_data;
  // the code is computed from the key that is signed, not taken from the service
  if (keyCode(typed.message.ballotKey) !== request.code) throw inWords(say("office.voucher_code_wrong"));
  if (!(await voucherAgrees(typed, poll, request))) throw inWords(say("office.act_check_bad"));
  const { signer, signature } = await signTyped(typed, "Voucher", poll);
  await post(`/api/voucher-requests/${encodeURIComponent(request.id)}/vouchers`, {
    signer,
    method: Number(typed.message.method),
    vouched_at: Number(typed.message.vouchedAt),
    signature,
  });
  await redraw();
}

/** What the machine said, from the verifier's own log, which it tells this service alone: reasons in words, no picture, no figure. */
async function reasonsOf(request) {
  if (!request.review) return [];
  const found = await get(`/api/voucher-requests/${encodeURIComponent(request.id)}/declined`).then(
    (answer) => answer.declined,
    () => null,
  );
  const line = (entry) =>
    make("li", {}, beijing(entry.time), " · ", entry.reasons.map((reason) => (pageLanguage() === "en" ? reason.en : reason.zh)).join(" "));
  return [
    make("p", { class: "notice" }, say("office.review_asked")),
    found?.length
      ? make("ul", { "data-reasons": true }, found.map(line))
      : make("p", {}, say(found ? "office.review_no_reasons" : "office.review_reasons_away")),
  ];
}

/** What went wrong with a form is said in the form. */
const itself = (form) => form;

const invite = (request, redraw) => async (form) => {
  await post(`/api/voucher-requests/${encodeURIComponent(request.id)}/invitation`, { words: form.elements.words.value });
  await redraw();
};

const invitationForm = (request, redraw) =>
  make(
    "form",
    { submit: acting(invite(request, redraw), itself) },
    make("label", { for: "words-" + request.id }, say("office.invite_words")),
    make("input", { id: "words-" + request.id, name: "words", maxlength: 200, required: true, value: request.invitation }),
    make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
    make("button", { type: "submit", class: "quiet" }, say("office.invite")),
  );

/** The name in full takes a request of its own, so that whoever looks is written down. */
const showName = (request) => async (button) => {
  const { name } = await post(`/api/voucher-requests/${encodeURIComponent(request.id)}/name-looks`);
  button.closest("[data-name]").replaceChildren(make("p", { class: "stage" }, name));
};

const nameBox = (request) =>
  make(
    "div",
    { "data-name": true },
    make(
      "button",
      { type: "button", class: "quiet", click: acting(showName(request), (button) => button.closest("[data-name]")) },
      say("office.voucher_name"),
    ),
    make("p", { class: "hint" }, say("office.voucher_name_logged")),
    make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
  );

const documentOf = ({ document: kind, document_ends: ends }) =>
  say("office.voucher_document_end", { kind: say("office.document_" + kind), ends: ends.join(say("common.ways_between")) });

const ownVoucher = ({ method, vouched_at: moment }) =>
  ownSignature(sentenceOf({ primaryType: "Voucher", message: { method } }), moment, "office.signed_voucher");

async function cardOf(request, poll, redraw) {
  const head = [
    make("h4", {}, request.name_masked),
    make("p", { class: "code" }, keyCode(request.typed_data.message.ballotKey)),
    make(
      "dl",
      { class: "rows" },
      row(say("office.voucher_document"), documentOf(request)),
      row(say("office.voucher_by"), say("common.method_" + request.method)),
      row(say("public.receipt_key"), request.ballot_key, "hash"),
    ),
    nameBox(request),
    make("p", {}, say("office.voucher_have", { count: request.vouchers })),
    await reasonsOf(request),
    invitationForm(request, redraw),
  ];
  if (request.own_voucher) return make("section", {}, head, ownVoucher(request.own_voucher));
  return make(
    "section",
    { "data-voucher-id": request.id },
    head,
    describe(request.typed_data),
    make(
      "form",
      { submit: acting(() => vouch(request, poll, redraw), itself) },
      make("label", { class: "tick" }, make("input", { type: "checkbox", required: true }), make("span", {}, say("office.voucher_seen"))),
      make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
      make("button", { type: "submit" }, say("office.voucher_sign")),
    ),
  );
}

/** The lenders waiting on an open poll. */
export async function drawVouchers(poll, redraw) {
  const waiting = await get(`/api/polls/${encodeURIComponent(poll.id)}/voucher-requests`);
  return make(
    "section",
    {},
    make("h4", {}, say("office.vouchers")),
    make("p", { class: "hint" }, say("office.voucher_code")),
    waiting.length
      ? await Promise.all(waiting.map((request) => cardOf(request, poll, redraw)))
      : make("p", {}, say("office.vouchers_none")),
  );
}
