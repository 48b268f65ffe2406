// The lender's way from the phone number to the receipt.

import { get, openSession } from "./api.js";
import { fill, one, part } from "./dom.js";
import { acting, whenSessionEnds } from "./actions.js";
import { beijing } from "./words.js";
import { prepareBallot } from "./booth/ballot.js";
import { openClaim, prepareClaim } from "./booth/claim.js";
import { prepareIdentity } from "./booth/identity.js";
import { prepareReceipt } from "./booth/receipt.js";
import { askPhone, prepareSignIn } from "./booth/sign_in.js";
import { prepareVouchers } from "./booth/vouchers.js";
import { say } from "./booth/say.js";
import { eraseKey, screenNow, show, state } from "./booth/state.js";

async function open() {
  const pollId = one("#booth").dataset.poll;
  state.poll = await get("/api/polls/" + encodeURIComponent(pollId));
  fill("deadline", say("booth.deadline", { moment: beijing(state.poll.closes_at) }));
  fill("closes", beijing(state.poll.closes_at));
  if (state.poll.stage !== "open") {
    const early = state.poll.stage === "announced";
    const sentence = early ? "booth.not_open_announced" : "booth.not_open_closed";
    fill("not-open", say(sentence, { moment: beijing(early ? state.poll.opens_at : state.poll.closes_at) }));
    show("not-open");
    return;
  }
  const session = await openSession();
  if (session.role === "lender" && session.lender?.poll_id === pollId) await openClaim();
  else askPhone();
}

whenSessionEnds(() => {
  eraseKey();
  askPhone();
  return one(`[data-screen="${screenNow()}"]`);
});
for (const prepare of [prepareSignIn, prepareClaim, prepareIdentity, prepareVouchers, prepareBallot, prepareReceipt]) prepare();

/** Open; when something does not answer, say so and leave a button, for nobody should have to find the browser's own. */
async function openOrExplain() {
  const again = one('[data-act="open-again"]');
  again.hidden = true;
  part("loading", true);
  try {
    await open();
  } catch (error) {
    if (error.status === 401 || error.status === 403) {
      askPhone();
      return;
    }
    part("loading", false);
    again.hidden = false;
    throw error;
  }
}

const again = one('[data-act="open-again"]');
again.addEventListener("click", acting(openOrExplain));
again.click();
