// A signed ballot that the network did not take: it waits in this tab's session storage, without the key, until it was sent.

import { state } from "./state.js";

const LOOK_AGAIN_MILLISECONDS = 5000;
const place = () => "lendervote.unsent." + state.poll.id;

/** Keep the ballot over a reload of this tab. */
export function keepUnsent(ballot) {
  try {
    sessionStorage.setItem(place(), JSON.stringify(ballot));
  } catch {
    // private browsing without storage: then the page must simply stay open
  }
}

/** This lender's ballot that was signed and not yet answered, or null. */
export function unsentOf(index) {
  try {
    const ballot = JSON.parse(sessionStorage.getItem(place()) ?? "null");
    return ballot?.index === index ? ballot : null;
  } catch {
    return null;
  }
}

/** The ballot was answered, one way or the other. */
export function forgetUnsent() {
  try {
    sessionStorage.removeItem(place());
  } catch {
    // nothing was stored
  }
}

/** Until the browser says that the network is back; some never say, so not for long. */
export const networkBack = () =>
  new Promise((resume) => {
    window.addEventListener("online", resume, { once: true });
    setTimeout(resume, LOOK_AGAIN_MILLISECONDS);
  });
