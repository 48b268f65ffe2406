// The poll closed between two screens: what is over, what stands, and where to see it.

import { acting, turnWhen } from "../actions.js";
import { one } from "../dom.js";
import { openClaim } from "./claim.js";
import { eraseKey, screenElement, show, state } from "./state.js";
import { forgetWaiting } from "./vouchers.js";

const TOO_LATE = ["PollClosed", "VoteIsOver", "IntakeOver"];

/** Whether a refusal says that no ballot is taken any more. */
export const isTooLate = (error) => TOO_LATE.includes(error.code);

/** Connect the button, and lead every such refusal to one screen. */
export function prepareLate() {
  turnWhen(isTooLate, () => {
    forgetWaiting();
    eraseKey(); // nothing is left to sign
    state.poll.stage = "closed"; // as this page knew it, it was open
    show("too-late");
    return screenElement();
  });
  one('[data-act="see-recorded"]').addEventListener("click", acting(openClaim));
}
