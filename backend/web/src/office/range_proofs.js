// What a freeze says of range proofs, in words, before an official signs it.

import { proofState } from "../crypto/ranges.js";
import { make } from "../page/dom.js";
import { say } from "./say.js";

/** The sentence for officials; nothing for other acts, and where a case's protocol has no place for proofs. */
export function aboutProofs({ kind, summary }, { protocol }) {
  const state = kind === "register_freeze" ? proofState(summary.range_proofs_hash, protocol) : "";
  if (!state) return null;
  const words = say("office.range_proofs_" + state, { hash: summary.range_proofs_hash });
  return make("p", { class: state === "proved" ? "notice" : "refusal", "data-proofs": state }, words);
}
