// What the lender chose, one choice for each motion. It is in this page's memory only, until the ballot has its receipt.

import { fill, list, make, one } from "../page/dom.js";
import { ABSTAIN } from "../crypto/protocol.js";
import { refusalInWords } from "./identity.js";
import { say } from "./say.js";
import { state } from "./state.js";

const formOf = () => one('[data-form="choice"]');

/** The titles of what is voted on; one, unless the plan has several motions. */
export const motionsOf = (poll) => poll.sealing?.motions ?? [poll.plan.title];

/** A choice in words; 0 is what the contract found invalid. */
const named = (choice) => say("common.choice_" + choice);

/** Take the choices of the form, and show them once more: a motion left empty is ABSTAIN, and said to be. Throws a Refusal when all are. */
export function takeChoices(form) {
  const data = new FormData(form);
  const given = motionsOf(state.poll).map((_, motion) => Number(data.get("choice-" + motion)));
  if (!given.some(Boolean)) throw refusalInWords(say("booth.choice_none"));
  state.choices = given.map((choice) => choice || ABSTAIN);
  given.forEach((choice, motion) => fill("choice-" + motion, choice ? named(choice) : say("booth.choice_left_empty")));
  one('[data-act="cast"]').textContent = given.length > 1 ? say("booth.cast_all", { count: given.length }) : say("booth.cast_" + given[0]);
}

/** Nothing chosen, here or on the page: a new ballot begins, or this one is sent. */
export function forgetChoices() {
  state.choices.forEach((_, motion) => fill("choice-" + motion, ""));
  state.choices = [];
  one('[data-act="cast"]').textContent = "";
  formOf().reset();
}

/** What the contract found in the lender's newest ballot, as the chain has it: a line for each motion, or that it is invalid. */
function openedLines(opened, motions) {
  if (opened.every((choice) => choice === 0)) return [make("li", {}, say("booth.opened_invalid"))];
  return opened.map((choice, motion) =>
    make(
      "li",
      {},
      motions.length > 1
        ? say("booth.opened_motion", { number: motion + 1, title: motions[motion], choice: named(choice) })
        : named(choice),
    ),
  );
}

/** Show how the lender's sealed ballot was opened, once it was. */
export function showOpened(opened, poll, untilWords) {
  list("opened", opened ? openedLines(opened, motionsOf(poll)) : []);
  fill("opened-until", opened ? untilWords : "");
}
