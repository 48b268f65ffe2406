// Choice, check, and the signed ballot.

import { get, post } from "../api.js";
import { acting } from "../actions.js";
import { fill, one } from "../dom.js";
import { isReceiptFor, signBallot } from "../protocol.js";
import { say } from "./say.js";
import { showReceipt } from "./receipt.js";
import { eraseKey, lenderPath, show, state } from "./state.js";

function choose(form) {
  state.choice = Number(new FormData(form).get("choice"));
  state.ballot = null;
  fill("choice", say("common.choice_" + state.choice));
  one('[data-act="cast"]').textContent = say("booth.cast_" + state.choice);
  show("check");
}

/** Sign once and send; after a lost answer the very same ballot is sent again, and gets the very same receipt. */
async function cast() {
  fill("casting", say("booth.casting"));
  try {
    state.ballot = state.ballot ?? (await signNow());
    const receipt = await handIn(state.ballot);
    const good = isReceiptFor(receipt, state.ballot, state.poll);
    eraseKey();
    showReceipt(receipt, good);
  } catch (error) {
    // refused for a reason: the next try is a new ballot, perhaps with a higher sequence
    if (error.status >= 400 && error.status < 500) state.ballot = null;
    throw error;
  } finally {
    fill("casting", "");
  }
}

/** The same ballot again and again, as late as we are asked to, while more people vote than can be served. */
async function handIn(ballot) {
  for (;;) {
    try {
      return await post(`/api/polls/${encodeURIComponent(state.poll.id)}/ballots`, ballot);
    } catch (error) {
      if (error.code !== "IntakeBusy") throw error;
      fill("casting", error.message);
      await new Promise((resume) => setTimeout(resume, 1000 * error.details.retry_after_seconds));
      fill("casting", say("booth.casting"));
    }
  }
}

async function signNow() {
  const { index, next_sequence: sequence } = await get(lenderPath("claim"));
  return signBallot(state.poll, { index, choice: state.choice, sequence, credential: state.credential }, state.key);
}

/** Connect forms and buttons. */
export function prepareBallot() {
  one('[data-form="choice"]').addEventListener("submit", acting(choose));
  one('[data-act="cast"]').addEventListener("click", acting(cast));
  one('[data-act="to-choice"]').addEventListener("click", acting(() => show("choice")));
}
