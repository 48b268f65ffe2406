// The other way: two officials see the lender. Meanwhile key and ticket wait in this tab's session storage, and nowhere else.

import { get, post } from "../page/api.js";
import { acting, showFault, tell } from "../page/actions.js";
import { fill, one, part } from "../page/dom.js";
import { addressOf, fromHex, keyCode, toHex } from "../crypto/protocol.js";
import { acceptCredential, askTicket, askVerifier, verifierRequest } from "./identity.js";
import { say } from "./say.js";
import { lenderPath, onLeaving, screenNow, show, state, takeKey, takeNewKey } from "./state.js";

const ASK_AGAIN_MILLISECONDS = 2500;
let timer;

const place = () => "lendervote.waiting." + state.poll.id;

function keepWaiting(request) {
  try {
    sessionStorage.setItem(place(), JSON.stringify({ key: toHex(state.key), index: state.claim.index, id: request.id }));
  } catch {
    // private browsing without storage: then the page must simply stay open
  }
}

/** Nothing waits any more. */
export function forgetWaiting() {
  window.clearTimeout(timer);
  try {
    sessionStorage.removeItem(place());
  } catch {
    // nothing was stored
  }
}

/** Take up a wait that a reload interrupted. Answers whether there was one. */
export async function resumeWaiting() {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(place()) ?? "null");
  } catch {
    return false;
  }
  if (!kept || kept.index !== state.claim.index) return false;
  try {
    await askTicket(takeKey(fromHex(kept.key)));
    showWaiting(kept);
    return true;
  } catch {
    forgetWaiting(); // the request is gone: the lender simply asks again
    return false;
  }
}

const VIDEO = 1;

async function askOfficials(method, review = false) {
  const ticket = await askTicket(takeNewKey());
  const request = await post(lenderPath("voucher-requests"), { ballot_key: ticket.ballot_key, method, review });
  keepWaiting(request);
  showWaiting(request);
}

function showWaiting(request) {
  // computed from the key on this device, so that nobody else's key is vouched for
  fill("voucher-code", keyCode(addressOf(state.key)));
  fill("vouched-count", say("booth.vouched_count", { count: 0 }));
  show("waiting");
  look(request.id);
}

function look(id) {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => lookOnce(id), ASK_AGAIN_MILLISECONDS);
}

async function lookOnce(id) {
  const screen = one('[data-screen="identity"]');
  try {
    const request = await get(lenderPath("voucher-requests/" + encodeURIComponent(id)));
    if (screenNow() !== "waiting") return;
    fill("vouched-count", say("booth.vouched_count", { count: request.vouchers.length }));
    if (request.invitation) fill("invitation", say("booth.invited", { words: request.invitation }));
    part("invitation", Boolean(request.invitation));
    if (request.status !== "vouched") {
      showFault(screen, null);
      look(id);
      return;
    }
    await redeem(request);
  } catch (error) {
    if (screenNow() !== "waiting") return;
    tell(screen, error);
    if (error.status === 0 || error.status >= 429) look(id);
  }
}

async function redeem(request) {
  // the officials may have taken longer than a ticket lasts
  await askTicket(state.ticket.ballot_key);
  const answer = await askVerifier("/v1/credentials/vouched", { ...verifierRequest(), vouchers: request.vouchers });
  forgetWaiting();
  acceptCredential(answer.credential);
}

/** Connect forms and buttons. */
export function prepareVouchers() {
  one('[data-form="officials"]').addEventListener(
    "submit",
    acting((form) => askOfficials(Number(new FormData(form).get("method")))),
  );
  one('[data-act="ask-review"]').addEventListener(
    "click",
    acting(() => askOfficials(VIDEO, true)),
  );
  one('[data-act="stop-waiting"]').addEventListener(
    "click",
    acting(() => {
      forgetWaiting();
      show("identity");
    }),
  );
  onLeaving((screen) => screen === "waiting" && window.clearTimeout(timer));
}
