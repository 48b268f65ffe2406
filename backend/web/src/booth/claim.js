// The lender's claim and the plan, recomputed on the lender's own device.

import { closeSession, download, get } from "../page/api.js";
import { acting } from "../page/actions.js";
import { capitals } from "../page/capitals.js";
import { all, fill, list, make, one, part } from "../page/dom.js";
import { parseExact } from "../page/exact.js";
import { isPlanOf, titlesIn } from "../crypto/motions.js";
import { checkClaim } from "../crypto/protocol.js";
import { percent, shareOf, yuan } from "../page/numbers.js";
import { sendKept } from "./ballot.js";
import { asLink } from "./check_file.js";
import { checkSealKey, fillOpened, recordedWords } from "./sealing.js";
import { say } from "./say.js";
import { eraseKey, lenderPath, show, state } from "./state.js";
import { resumeWaiting } from "./vouchers.js";

const PARTS = ["settlement", "liquidation_period", "existing_business", "dispute_resolution"];

/** Load claim and plan, check both, and show them; or go on waiting where the lender left off. */
export async function openClaim() {
  state.claim = await get(lenderPath("claim"));
  state.plan = state.plan ?? (await loadPlan());
  state.keyRight = state.keyRight ?? (await checkSealKey(state.poll));
  fillClaim();
  const sound = showChecks();
  if (await sendKept()) return;
  if (sound && state.poll.stage === "open" && (resumeChoice() || (await resumeWaiting()))) return;
  show("claim");
}

/** After a session that ended in mid-ballot the same lender goes on; anybody else's choice is forgotten. */
function resumeChoice() {
  if (!state.credential) return false;
  if (state.ticket?.index !== state.claim.index) {
    eraseKey();
    return false;
  }
  show(state.choices.length ? "check" : "choice");
  return true;
}

/** The plan as it was hashed: what is read here is what the ballot is about. */
async function loadPlan() {
  const bytes = await download(`/api/plans/${encodeURIComponent(state.poll.plan.id)}/plan.json`);
  const plan = parseExact(new TextDecoder().decode(bytes));
  return { ...plan, titles: titlesIn(bytes), asAnnounced: isPlanOf(state.poll, bytes) };
}

function fillClaim() {
  const { claim, plan } = state;
  fill("name", claim.name_masked);
  fill("amount", say("common.yuan", { yuan: yuan(claim.amount_fen) }));
  fill("amount-capitals", capitals(claim.amount_fen));
  fill("class", claim.class_name);
  fill("small-class", claim.small_class ? say("booth.claim_small_class", { count: claim.class_heads }) : "");
  part("small-class", claim.small_class);
  list(
    "claim-parts",
    claim.parts.map(({ claim_no: number, amount_fen: fen }) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, number),
        make("td", { class: "figure", "data-label": say("booth.claim_part_fen") }, yuan(fen)),
      ),
    ),
  );
  part("claim-merged", claim.parts.length > 1);
  fill("plan-title", plan.title);
  plan.titles.forEach((title, motion) => fill("motion-" + motion, say("booth.motion_words", { number: motion + 1, title })));
  const sum = plan.ladder.reduce((total, step) => total + step.ratio_bps, 0);
  const steps = plan.ladder.map(({ months, ratio_bps: bps }) => payment(say("booth.plan_step", { months }), bps));
  list("ladder", [...steps, payment(say("public.ladder_sum"), sum)]);
  fill("who-says", say("booth.plan_who_says", { title: plan.title }));
  list(
    "parts",
    PARTS.flatMap((name) => [make("h3", {}, say("public.part_" + name)), make("p", { class: "text" }, plan.parts[name])]),
  );
  fillVoted(claim);
}

/** A line of the table: when, which part, and what that is of their own amount; a fraction of a fen is not promised. */
function payment(words, bps) {
  const figure = (label, text) => make("td", { class: "figure", "data-label": say(label) }, text);
  const yours = yuan(shareOf(state.claim.amount_fen, bps));
  return make("tr", {}, make("th", { scope: "row" }, words), figure("booth.plan_share", percent(bps)), figure("booth.plan_yours", yours));
}

function fillVoted({ recorded, ballots }) {
  const sequence = recorded?.sequence ?? 0;
  const voted = sequence > 0 || ballots.length > 0;
  const mayVote = state.poll.stage === "open";
  part("voted", voted || !mayVote);
  part("may-vote", mayVote);
  part("not-voted", !voted && mayVote);
  one('[data-part="voted"] h2').hidden = !voted;
  fill("recorded", recordedWords(sequence));
  part("opened", Boolean(state.claim.opened_as));
  fillOpened();
  list("receipts", ballots.map(receiptLine));
}

/** One receipt with where its ballot stands, what the lender should hear of it, and the file for checking it. */
function receiptLine(receipt) {
  const { number, status } = receipt;
  return make(
    "li",
    {},
    make("a", { href: "/receipts/" + encodeURIComponent(number) }, say("booth.voted_number", { number })),
    " · ",
    say("common.status_" + status),
    " · ",
    asLink(make("a", {}, say("booth.check_file")), state.poll, state.plan, state.claim, receipt),
    receipt.by_another_key ? make("p", { class: "refusal" }, say("common.by_another_key")) : null,
  );
}

function showChecks() {
  const found = { ...checkClaim(state.claim, state.poll), plan: state.plan.asAnnounced, key: state.keyRight ?? true };
  for (const line of all("[data-check]")) line.className = found[line.dataset.check] ? "good" : "bad";
  const sound = Object.values(found).every(Boolean);
  part("check-failed", !sound);
  for (const button of all('[data-act="claim-next"]')) button.disabled = !sound;
  return sound;
}

function askWho() {
  for (const form of ["consent", "officials"]) one(`[data-form="${form}"]`).reset();
  show("identity");
}

/** Connect buttons. */
export function prepareClaim() {
  for (const button of all('[data-act="claim-next"]')) button.addEventListener("click", acting(askWho));
  one('[data-act="to-claim"]').addEventListener("click", acting(openClaim));
  one('[data-act="sign-out"]').addEventListener(
    "click",
    acting(async () => {
      eraseKey();
      await closeSession();
      show("signed-out");
    }),
  );
}
