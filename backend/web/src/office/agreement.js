// Whether what an act says in words is what its hashes stand for: recomputed here, so that nobody signs something else.

import { download, get } from "../api.js";
import { identityFileAgrees } from "./identity_file.js";
import { keccak, parametersHash, toHex, unixSeconds } from "../protocol.js";

/** The announced parameters as they are hashed (protocol §8.1), from the words shown and the rule's own conditions. */
async function parametersOf(summary) {
  const rule = (await get("/api/rules")).find(({ name }) => name === summary.rule);
  return { ...summary, conditions: rule.conditions, opens_at: unixSeconds(summary.opens_at), closes_at: unixSeconds(summary.closes_at) };
}

const CHECKS = {
  identity_file: identityFileAgrees,
  register_freeze: async ({ summary, typed_data: { message } }) =>
    summary.root === message.root && summary.lenders === Number(message.leafCount),
  plan_admission: async ({ summary, typed_data: { message } }) =>
    toHex(keccak(await download(`/api/plans/${encodeURIComponent(summary.plan_id)}/plan.json`))) === message.planHash,
  poll_announcement: async ({ summary, typed_data: { message } }) => parametersHash(await parametersOf(summary)) === message.parametersHash,
};

/** Whether an act's words and what is signed agree; a network failure is thrown, anything else unreadable does not agree. */
export async function actAgrees(act) {
  try {
    return await CHECKS[act.kind](act);
  } catch (error) {
    if (error.code === "NoAnswer") throw error;
    return false;
  }
}
