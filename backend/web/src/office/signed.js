// What this official has signed, and when: it stands where the button stood, so that nobody signs a second time or believes it would count.

import { make } from "../page/dom.js";
import { beijing } from "../page/words.js";
import { sentenceOf } from "./signing.js";
import { say } from "./say.js";

/** The own signature in words, and what can still become of it: `final` names the sentence. */
export const ownSignature = (what, moment, final) => [
  make("p", { class: "stage" }, say("office.signed_own", { what, moment: beijing(moment) })),
  make("p", { class: "hint" }, say(final)),
];

/** With what this account signs among those whose officials sign the act. */
function signersOf({ generation }, theCase, accountId) {
  const signing = theCase.generations.find(({ number }) => number === generation);
  return signing.officials.filter((official) => official.account_id === accountId).map(({ signer }) => signer);
}

/** Whether this account is among those whose officials sign the act. */
export const maySign = (act, theCase, accountId) => signersOf(act, theCase, accountId).length > 0;

/** This account's signature on an act: by the signer, since a person's name in a case is not the account's. Undefined where there is none. */
export function ownOf(act, theCase, accountId) {
  const signers = signersOf(act, theCase, accountId);
  return act.signatures.find(({ signer }) => signers.includes(signer));
}

/** The own signature on an act; nothing where there is none. */
export function drawOwnSignature(act, theCase, accountId) {
  const own = ownOf(act, theCase, accountId);
  if (!own) return null;
  return ownSignature(sentenceOf(act.typed_data), own.signed_at, act.status === "open" ? "office.signed_act_open" : "office.signed_act");
}

/** Every official's voice about a result, then the own one; nothing where nobody has signed. */
export function drawOpinions(opinions) {
  const own = opinions.find((opinion) => opinion.own);
  const voice = (approve) => say("common.sign_Attestation_" + approve);
  const line = ({ official, approve, signed_at: moment }) =>
    make("li", {}, say("office.signed_by", { official, what: voice(approve), moment: beijing(moment) }));
  return [
    opinions.length ? make("ul", { "data-opinions": true }, opinions.map(line)) : null,
    own ? ownSignature(voice(own.approve), own.signed_at, "office.signed_attestation") : null,
  ];
}
