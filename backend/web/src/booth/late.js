// The poll closed between two screens: what is over, what stands, and where to see it.

import { acting, turnWhen } from "../page/actions.js";
import { one } from "../page/dom.js";
import { eraseKey, screenElement, show, state } from "./state.js";
import { forgetWaiting } from "./vouchers.js";

const TOO_LATE = ["PollClosed", "VoteIsOver", "IntakeOver"];

/** Whether a refusal says that no ballot is taken any more. */
export const isTooLate = (error) => TOO_LATE.includes(error.code);

/** Connect the button to `openClaim`, and lead every such refusal to one screen. */
export function prepareLate(openClaim) {
  turnWhen(isTooLate, () => {
    forgetWaiting();
    eraseKey(); // nothing is left to sign
    state.poll.stage = "closed"; // as this page knew it, it was open
    show("too-late");
    return screenElement();
  });
  one('[data-act="see-recorded"]').addEventListener("click", acting(openClaim));
}
