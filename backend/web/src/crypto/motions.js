// What a plan puts to the vote, by its own bytes: those whose hash is announced (protocol §21.9).

import { keccak, toHex } from "./bytes.js";

/** Its motions in their order, or the plan as a whole. */
export function titlesIn(planBytes) {
  const { motions, title } = JSON.parse(new TextDecoder().decode(planBytes));
  return motions ?? [title];
}

/**
 * Whether these bytes are the plan of a poll, and the titles that the poll's page offers are the plan's, each in its place: a choice is sealed
 * for a place, and not for a title.
 */
export function isPlanOf({ plan, sealing }, planBytes) {
  if (toHex(keccak(planBytes)) !== plan.plan_hash) return false;
  const own = titlesIn(planBytes);
  return !sealing || (sealing.motions.length === own.length && sealing.motions.every((title, motion) => title === own[motion]));
}
