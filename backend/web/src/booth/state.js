// What the booth knows while the page is open, and which screen is shown. Nothing here outlives the page.

import { all, one } from "../dom.js";
import { addressOf, makeKey } from "../protocol.js";
import { say } from "./say.js";

/** Poll, plan, claim; then the ballot key with its ticket and credential; then choice, signed ballot and receipt. */
export const state = { poll: null, plan: null, phone: "", code: "", claim: null, key: null, ticket: null, credential: null, choice: 0, ballot: null };

const STEPS = { phone: 1, code: 1, who: 1, claim: 2, identity: 3, consent: 3, camera: 3, officials: 3, waiting: 3, choice: 4, check: 5 };
const leaving = [];
let current = "loading";

/** The screen shown now. */
export const screenNow = () => current;

/** Run something whenever a screen is left, to stop a camera or a timer. */
export const onLeaving = (work) => leaving.push(work);

/** Show one screen and hide the others; the title takes the focus, so that it is read aloud. */
export function show(name) {
  if (name !== current) for (const work of leaving) work(current);
  current = name;
  for (const screen of all("[data-screen]")) screen.hidden = screen.dataset.screen !== name;
  const screen = one(`[data-screen="${name}"]`);
  const fault = one("[data-fault]", screen);
  if (fault) fault.hidden = true;
  one("[data-progress]").textContent = STEPS[name] ? say("booth.step", { step: STEPS[name] }) : "";
  const title = one("h1", screen);
  if (title) {
    title.setAttribute("tabindex", "-1");
    title.focus({ preventScroll: true });
  }
  window.scrollTo(0, 0);
}

/** A new ballot key for one ballot; the former one is erased. */
export function takeNewKey() {
  eraseKey();
  state.key = makeKey();
  return addressOf(state.key);
}

/** Take up a key again that waited for vouchers. */
export function takeKey(key) {
  eraseKey();
  state.key = key;
  return addressOf(key);
}

/** Overwrite the ballot key and forget what hangs on it. */
export function eraseKey() {
  if (state.key) state.key.fill(0);
  Object.assign(state, { key: null, ticket: null, credential: null, ballot: null });
}

/** The path of the lender's calls on this poll. */
export const lenderPath = (rest) => `/api/polls/${encodeURIComponent(state.poll.id)}/lender/${rest}`;
