// The lender's way from the phone number to the receipt.

import { get, openSession } from "../page/api.js";
import { fill, one, part } from "../page/dom.js";
import { acting, whenSessionEnds } from "../page/actions.js";
import { beijing } from "../page/words.js";
import { prepareBack } from "../booth/back.js";
import { prepareBallot } from "../booth/ballot.js";
import { openClaim, prepareClaim } from "../booth/claim.js";
import { prepareFace } from "../booth/face.js";
import { prepareLate } from "../booth/late.js";
import { prepareProviders } from "../booth/providers.js";
import { prepareReceipt } from "../booth/receipt.js";
import { askPhone, prepareSignIn } from "../booth/sign_in.js";
import { prepareVouchers } from "../booth/vouchers.js";
import { say } from "../booth/say.js";
import { withSealKey } from "../booth/sealing.js";
import { eraseKey, screenElement, show, state } from "../booth/state.js";

function showNotOpen() {
  const early = state.poll.stage === "announced";
  const sentence = early ? "booth.not_open_announced" : "booth.not_open_closed";
  part("may-look", !early);
  fill("not-open", say(sentence, { moment: beijing(early ? state.poll.opens_at : state.poll.closes_at) }));
  show("not-open");
}

async function open() {
  const pollId = one("#booth").dataset.poll;
  state.poll = withSealKey(await get("/api/polls/" + encodeURIComponent(pollId)));
  fill("deadline", say("booth.deadline", { moment: beijing(state.poll.closes_at) }));
  fill("closes", beijing(state.poll.closes_at));
  const session = await openSession();
  // after the close, too, a lender who is still signed in sees what is recorded
  if (session.role === "lender" && session.lender?.poll_id === pollId) await openClaim();
  else if (state.poll.stage === "open") askPhone();
  else showNotOpen();
}

whenSessionEnds(() => {
  // who was known to be here already need not prove it again: the choice waits for the same lender's next code
  if (!state.credential) eraseKey();
  if (state.poll?.stage === "open") askPhone();
  else showNotOpen();
  return screenElement();
});
part("stuck", false); // the browser is new enough to come this far
const parts = [prepareBack, prepareSignIn, prepareClaim, prepareFace, prepareVouchers, prepareProviders, prepareBallot];
for (const prepare of parts) prepare();
// Both lead back to the claim, which leads to them: handed over here, so that no module needs another that needs it.
prepareReceipt(openClaim);
prepareLate(openClaim);

one('[data-act="look-up"]').addEventListener("click", acting(askPhone)); // after the close, too: only to look

/** Open; when something does not answer, say so and leave a button, for nobody should have to find the browser's own. */
async function openOrExplain() {
  const again = one('[data-act="open-again"]');
  again.hidden = true;
  part("loading", true);
  try {
    await open();
  } catch (error) {
    part("loading", false);
    again.hidden = false;
    throw error;
  }
}

const again = one('[data-act="open-again"]');
again.addEventListener("click", acting(openOrExplain));
again.click();
