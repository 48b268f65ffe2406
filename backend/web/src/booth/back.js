// The browser's own back button: one screen back, or none where a screen must not be lost; the page is left only where nothing can be.

import { askPhone } from "./sign_in.js";
import { onShowing, screenNow, show, state } from "./state.js";

const HELD = "held";
const stay = () => {};
const toPhone = () => askPhone();
// waiting, choice: what came before would cost the credential, or the officials' time
const BEFORE = {
  code: toPhone,
  who: toPhone,
  identity: () => show("claim"),
  camera: () => show("identity"),
  provider: () => show("identity"),
  waiting: stay,
  choice: stay,
  check: () => state.ballot || show("choice"), // signed already: it is on its way
};
let held = history.state === HELD; // a reload keeps it
let returning = false;

/** One entry more while a screen is held, however many there are; so one press leaves the page from all others. */
function hold(name) {
  const wanted = name in BEFORE;
  if (returning || wanted === held) return;
  held = wanted;
  if (wanted) history.pushState(HELD, "");
  else history.back();
}

function goBack() {
  const now = screenNow();
  if (!held || !(now in BEFORE)) return; // our own step, not the lender's
  returning = true;
  BEFORE[now]();
  returning = false;
  held = screenNow() in BEFORE;
  if (held) history.forward(); // the entry is still there: the next press finds it
}

/** Listen to the button. */
export function prepareBack() {
  onShowing(hold);
  window.addEventListener("popstate", ({ state: entry }) => {
    if (entry === HELD) held = true;
    else goBack();
  });
}
