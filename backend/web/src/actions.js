// Buttons and forms that act once however often they are tapped, and say in words what went wrong.

import { explain } from "./api.js";
import { all, one } from "./dom.js";

const busy = new Set();
let sessionEnded = null;

/** What to do when the service no longer knows who is here. */
export const whenSessionEnds = (work) => {
  sessionEnded = work;
};

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
    showFault(error.status === 401 && sessionEnded ? sessionEnded(error) : section, error);
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
