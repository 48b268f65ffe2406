// Choice, check, and the signed ballot.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, one } from "../page/dom.js";
import { SealWrong, isReceiptFor, keyCodeOf, signBallot, signSealedBallot } from "../crypto/protocol.js";
import { forgetChoices, takeChoices } from "./choices.js";
import { refusalInWords } from "./identity.js";
import { say } from "./say.js";
import { showReceipt } from "./receipt.js";
import { forgetSeal, prepareSealCheck, sealedFor } from "./seal_check.js";
import { isTooLate } from "./late.js";
import { eraseKey, lenderPath, show, state } from "./state.js";
import { forgetUnsent, keepUnsent, networkBack, unsentOf } from "./unsent.js";

function choose(form) {
  takeChoices(form);
  state.ballot = null;
  forgetSeal();
  show("check");
}

/** Sign once and send; after a lost answer the very same ballot is sent again, and gets the very same receipt. */
async function cast() {
  fill("casting", say("booth.casting"));
  try {
    state.ballot = state.ballot ?? (await signNow());
    await deliver(state.ballot);
  } catch (error) {
    // refused for a reason: the next try is a new ballot, perhaps with a higher sequence
    if (error.status >= 400 && error.status < 500) state.ballot = null;
    throw error;
  } finally {
    fill("casting", "");
  }
}

async function deliver(ballot) {
  const receipt = await handIn(ballot);
  const good = isReceiptFor(receipt, ballot, state.poll);
  eraseKey();
  forgetChoices();
  forgetSeal();
  showReceipt(receipt, good, keyCodeOf(ballot.ballot_key));
}

/** Send the ballot that an earlier visit of this tab could not. Answers whether there was one and it got its receipt. */
export async function sendKept() {
  const ballot = unsentOf(state.claim.index);
  if (!ballot) return false;
  try {
    await deliver(ballot);
    return true;
  } catch (error) {
    if (isTooLate(error)) throw error;
    return false; // refused, perhaps for a newer one: the claim's page shows what is recorded
  }
}

/** Refusals that pass by themselves: more people vote than can be served, or the chain makes no block and no receipt could be kept. */
const PASSING = ["IntakeBusy", "ChainHalted"];

/** The same ballot again and again: when the network is back, and as late as we are asked to while a refusal passes. */
async function handIn(ballot) {
  for (;;) {
    try {
      const receipt = await post(`/api/polls/${encodeURIComponent(state.poll.id)}/ballots`, ballot);
      forgetUnsent();
      return receipt;
    } catch (error) {
      if (error.status === 0) {
        keepUnsent(ballot);
        fill("casting", say("booth.unsent"));
        await networkBack();
        continue;
      }
      if (!PASSING.includes(error.code)) {
        if (error.status < 500) forgetUnsent();
        throw error;
      }
      if (error.code === "ChainHalted") keepUnsent(ballot); // this may take long: a page that is opened again sends it, too
      fill("casting", error.message);
      await new Promise((resume) => setTimeout(resume, 1000 * error.details.retry_after_seconds));
      if (error.code === "IntakeBusy") fill("casting", say("booth.casting"));
    }
  }
}

async function signNow() {
  const { index, next_sequence: sequence } = await get(lenderPath("claim")).catch((error) => {
    if (error.status !== 0) throw error;
    return state.claim; // offline: as it was when this page loaded; a second tab's ballot since then makes the service refuse this one
  });
  const { poll, choices, credential, key } = state;
  if (!poll.seal_key) return signBallot(poll, { index, choice: choices[0], sequence, credential }, key);
  try {
    const sealed = sealedFor({ index, sequence });
    return signSealedBallot(poll, { index, sequence, sealed, credential }, key); // opens it again before it signs
  } catch (error) {
    throw error instanceof SealWrong ? refusalInWords(say("booth.seal_wrong")) : error;
  }
}

/** Connect forms and buttons. */
export function prepareBallot() {
  one('[data-form="choice"]').addEventListener("submit", acting(choose));
  one('[data-act="cast"]').addEventListener("click", acting(cast));
  prepareSealCheck();
  one('[data-act="to-choice"]').addEventListener(
    "click",
    acting(() => show("choice")),
  );
}
