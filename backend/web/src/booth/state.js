// What the booth knows while the page is open, and which screen is shown. Nothing here outlives the page.

import { all, one } from "../page/dom.js";
import { addressOf, makeKey } from "../crypto/protocol.js";
import { say } from "./say.js";

/**
 * Poll, plan, claim, whether the poll's seal key is right (null where there is none or it is not looked at yet); then the ballot key with
 * its last word about the face (seconds since 1970), ticket and credential; then choices, the seal that another device was shown ({ index, sequence, made }), signed ballot and receipt. `erasing`: the lender
 * wants what is stored of the face erased as soon as the verifier has met them.
 * Answers of the service are whatever it said; what is null is not known yet, and no screen that needs it is shown before.
 * @type {{poll: any, plan: any, keyRight: boolean | null, phone: string, code: string, claim: any, key: Uint8Array | null, saidAt: number,
 *   ticket: any, credential: any, choices: number[], sealed: any, ballot: any, erasing: boolean}}
 */
export const state = {
  poll: null,
  plan: null,
  keyRight: null,
  phone: "",
  code: "",
  claim: null,
  key: null,
  saidAt: 0,
  ticket: null,
  credential: null,
  choices: [],
  sealed: null,
  ballot: null,
  erasing: false,
};

const STEPS = { phone: 1, code: 1, who: 1, claim: 2, identity: 3, camera: 3, provider: 3, waiting: 3, choice: 4, check: 5 };
// what unfolds in place, on the screen that stands already
const VIEWS = { code: "phone", camera: "identity", provider: "identity", waiting: "identity" };
const leaving = [];
const showing = [];
let current = "loading";

/** The screen or view shown now. */
export const screenNow = () => current;

/** Run something whenever a screen is left, to stop a camera or a timer. */
export const onLeaving = (work) => leaving.push(work);

/** Run something with the name of every screen that is shown. */
export const onShowing = (work) => showing.push(work);

/** The element of the screen shown now. */
export const screenElement = () => one(`[data-screen="${VIEWS[current] ?? current}"]`);

/** Show one screen, or a view of one, and hide the others; the title takes the focus, so that it is read aloud. */
export function show(name) {
  if (name !== current) for (const work of leaving) work(current);
  const former = VIEWS[current] ?? current;
  current = name;
  const screen = screenElement();
  for (const other of all("[data-screen]")) other.hidden = other !== screen;
  for (const view of all("[data-view]", screen)) view.hidden = !view.dataset.view.split(" ").includes(name);
  const fault = one("[data-fault]", screen);
  if (fault) fault.hidden = true;
  one("[data-progress]").textContent = STEPS[name] ? say("booth.step", { step: STEPS[name] }) : "";
  const unfolded = VIEWS[name] && former === VIEWS[name] ? one(`[data-view="${name}"]`, screen) : null;
  const title = unfolded ?? one("h1", screen);
  if (title) {
    title.setAttribute("tabindex", "-1");
    title.focus({ preventScroll: true });
  }
  if (unfolded) unfolded.scrollIntoView({ block: "nearest" });
  else window.scrollTo(0, 0);
  for (const work of showing) work(name);
}

/** A new ballot key for one ballot; the former one is erased. */
export function takeNewKey() {
  eraseKey();
  state.key = makeKey();
  return addressOf(state.key);
}

/** The ballot key that there is, or a new one: what it has said and what was found out with it belong to it alone. */
export const presentKey = () => (state.key ? addressOf(state.key) : takeNewKey());

/** Take up a key again that waited for vouchers. */
export function takeKey(key) {
  eraseKey();
  state.key = key;
  return addressOf(key);
}

/** Overwrite the ballot key and forget what hangs on it. */
export function eraseKey() {
  if (state.key) state.key.fill(0);
  Object.assign(state, { key: null, saidAt: 0, ticket: null, credential: null, sealed: null, ballot: null });
}

/** The path of the lender's calls on this poll. */
export const lenderPath = (rest) => `/api/polls/${encodeURIComponent(state.poll.id)}/lender/${rest}`;
