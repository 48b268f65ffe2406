// Acts that officials sign together.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make } from "../page/dom.js";
import { pageLanguage } from "../page/words.js";
import { actAgrees } from "./agreement.js";
import { checkSteps, checksOf } from "./freeze_check.js";
import { aboutFile } from "./identity_file.js";
import { expectedLeaks } from "./leaks.js";
import { aboutProofs } from "./range_proofs.js";
import { drawOwnSignature, maySign, ownOf } from "./signed.js";
import { aboutSuccession } from "./successions.js";
import { checkOf, describe, signTyped, summaryRows } from "./signing.js";
import { say } from "./say.js";
import { waysOf } from "./ways.js";

const TYPES = {
  register_freeze: "RegisterFreeze",
  plan_admission: "PlanAdmission",
  poll_announcement: "PollAnnouncement",
  identity_file: "IdentityFile",
  trustee_appointment: "TrusteeAppointment",
  sealed_poll_announcement: "SealedPollAnnouncement",
  poll_abandonment: "PollAbandonment",
  openings_escrow: "OpeningsEscrow",
  succession: "Succession",
  succession_withdrawal: "SuccessionWithdrawal",
};
// an identity file goes to the verifier, not to the chain
const WAYS = { identity_file: "_to_verifier", openings_escrow: "_to_escrow" };
const wayOf = (act) => WAYS[act.kind] ?? "";
const statusOf = (act) => say("office.act_status_" + act.status + (["sent", "failed"].includes(act.status) ? wayOf(act) : ""));
const path = (act, rest) => `/api/acts/${encodeURIComponent(act.id)}/${rest}`;

function signedBy(act) {
  const names = act.signatures.map(({ official }) => official).join("、");
  const facts = { names, count: act.signatures.length, needed: act.needed };
  return make("p", {}, say(act.signatures.length ? "office.act_signed_by" : "office.act_signed_by_none", facts));
}

function failureOf({ failure }) {
  return failure ? make("p", { class: "refusal" }, failure[pageLanguage() === "en" ? "message_en" : "message_zh"]) : null;
}

function buttonsOf(act, agrees, theCase, accountId, redraw) {
  const button = (words, kind, work) =>
    make(
      "button",
      {
        type: "button",
        class: kind,
        click: acting(async () => {
          await work();
          await redraw();
        }),
      },
      words,
    );
  if (!maySign(act, theCase, accountId)) return make("p", { class: "hint" }, say("office.act_of_others"));
  const mine = ownOf(act, theCase, accountId);
  const buttons = [];
  if (act.status === "open" && !mine && agrees && act.kind === "register_freeze") {
    buttons.push(checkSteps(act, theCase, redraw));
  } else if (act.status === "open" && !mine && agrees) {
    buttons.push(
      button(say("office.act_sign"), "", async () =>
        post(path(act, "signatures"), await signTyped(act.typed_data, TYPES[act.kind], theCase)),
      ),
    );
  }
  if (act.status === "failed") buttons.push(button(say("office.act_retry" + wayOf(act)), "", () => post(path(act, "retry"))));
  if (["open", "failed"].includes(act.status))
    buttons.push(button(say("office.act_withdraw"), "quiet", () => post(path(act, "withdrawal"))));
  return make("div", { class: "acts" }, buttons);
}

async function cardOf(act, theCase, acts, accountId, redraw) {
  const agrees = await actAgrees(act, theCase, acts);
  return make(
    "section",
    { "data-act-id": act.id },
    make("h4", {}, say("office.act_" + act.kind), " · ", statusOf(act)),
    act.kind === "succession" ? aboutSuccession(act) : summaryRows(act.summary),
    waysOf(act),
    aboutFile(act),
    aboutProofs(act, theCase),
    ["register_freeze", "poll_announcement", "sealed_poll_announcement"].includes(act.kind) ? expectedLeaks(theCase) : null,
    describe(act.typed_data, { withDigest: act.kind !== "register_freeze" }),
    checkOf(agrees),
    signedBy(act),
    checksOf(act),
    failureOf(act),
    drawOwnSignature(act, theCase, accountId),
    make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
    buttonsOf(act, agrees, theCase, accountId, redraw),
  );
}

/** All acts of a case. */
export const actsOf = (theCase) => get("/api/acts?case_id=" + encodeURIComponent(theCase.id));

const isWaiting = ({ status }) => ["open", "sent", "failed"].includes(status);

/**
 * Whether an act of this kind, about what fits, waits for signatures or for its transaction.
 * @type {(acts: any[], kind: string, fits?: (summary: any) => boolean) => boolean}
 */
export const waitsFor = (acts, kind, fits = () => true) => acts.some((act) => act.kind === kind && isWaiting(act) && fits(act.summary));

/** The acts of a case: those waiting in full, the others as a list. */
export async function drawActs(theCase, acts, accountId, redraw) {
  const waiting = acts.filter(isWaiting);
  const others = acts.filter((act) => !waiting.includes(act));
  const cards = await Promise.all(waiting.map((act) => cardOf(act, theCase, acts, accountId, redraw)));
  return make(
    "section",
    {},
    make("h3", {}, say("office.acts")),
    cards.length ? cards : make("p", {}, say("office.acts_none")),
    others.length
      ? make(
          "details",
          {},
          make("summary", {}, say("office.acts_done")),
          make(
            "ul",
            {},
            others.map((act) =>
              make("li", {}, say("office.act_" + act.kind), " · ", statusOf(act), checksOf(act), drawOwnSignature(act, theCase, accountId)),
            ),
          ),
        )
      : null,
  );
}
