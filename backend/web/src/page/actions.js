// Buttons and forms that act once however often they are tapped, and say in words what went wrong.

import { explain } from "./api.js";
import { all, one } from "./dom.js";

const busy = new Set();
/** @type {any} */
let sessionEnded = null;
const turns = [{ fits: ({ status }) => status === 401 && sessionEnded, work: (error) => sessionEnded(error) }];

/** What to do when the service no longer knows who is here; it answers where to say so. */
export const whenSessionEnds = (work) => {
  sessionEnded = work;
};

/** Errors that end a screen wherever they come: `work` shows another one for those that `fits`, and answers where to say so. */
export const turnWhen = (fits, work) => turns.push({ fits, work });

/** Show what went wrong: near where it was asked, or on the screen that such an error leads to. */
export function tell(section, error) {
  const turn = turns.find(({ fits }) => fits(error));
  showFault(turn ? turn.work(error) : section, error);
}

/** Show what went wrong in the nearest `[data-fault]`, or clear it. */
export function showFault(near, error) {
  const place = one("[data-fault]", near);
  if (!place) return;
  place.replaceChildren(...(error ? explain(error) : []));
  place.hidden = !error;
  if (error) place.scrollIntoView({ block: "nearest" });
}

/** Run `work` for a button or form unless it is running already; its buttons rest meanwhile. */
export async function once(node, section, work) {
  if (busy.has(node)) return;
  busy.add(node);
  const buttons = (node.tagName === "FORM" ? all("button", node) : [node]).filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true;
  showFault(section, null);
  try {
    await work();
  } catch (error) {
    tell(section, error);
  } finally {
    for (const button of buttons) button.disabled = false;
    busy.delete(node);
  }
}

/** A listener for a button or a form: acts once, prevents the browser's own submit. */
export function acting(work, sectionOf = (node) => node.closest("section")) {
  return (event) => {
    event.preventDefault();
    const node = event.currentTarget;
    return once(node, sectionOf(node), () => work(node));
  };
}
