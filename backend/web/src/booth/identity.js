// Proving to be here: what the ways share, by face (face.js), by two officials (vouchers.js), by an identity provider (providers.js).

import { NoAnswer, Refusal, post, postToVerifier } from "../page/api.js";
import { fill, one } from "../page/dom.js";
import { isCredentialFor } from "../crypto/protocol.js";
import { say } from "./say.js";
import { lenderPath, show, state } from "./state.js";

/** A ticket for a key: the service says that this lender's phone code was right. */
export async function askTicket(ballotKey) {
  const ticket = await post(lenderPath("ticket"), { ballot_key: ballotKey });
  state.ticket = { ...ticket, ballot_key: ballotKey };
  return state.ticket;
}

/** What every request to the verifier begins with. */
export function verifierRequest() {
  const { index, ballot_key: ballotKey, expires_at: expiresAt, signature } = state.ticket;
  return { poll: state.poll.address, index, ballot_key: ballotKey, ticket: { expires_at: expiresAt, signature } };
}

/** The verifier's address, without a slash at its end. */
export const verifierBase = () => (state.ticket?.verifier_url || state.poll.verifier_url).replace(/\/$/, "");

/** Send something to the verifier itself, past the service. */
export async function askVerifier(path, body) {
  try {
    return await postToVerifier(verifierBase() + path, body);
  } catch (error) {
    throw error instanceof NoAnswer ? new NoAnswer(say("booth.verifier_away")) : error;
  }
}

const accepting = [];

/** Run something whenever the verifier has met the lender. */
export const onAccepted = (work) => accepting.push(work);

/** Keep a credential that is really one for this lender, key and poll, and go on to the choice. */
export function acceptCredential(credential) {
  const { index, ballot_key: ballotKey } = state.ticket;
  if (!isCredentialFor(credential, index, ballotKey, state.poll)) throw refusalInWords(say("booth.credential_wrong"));
  state.credential = { ...credential, ballot_key: ballotKey };
  fill("choice-words", say("booth.choice_words", { title: state.plan.title }));
  state.choices = [];
  one('[data-form="choice"]').reset();
  show("choice");
  for (const work of accepting) work();
}

/** A refusal of the page itself, or of a decision, as a sentence. */
export const refusalInWords = (sentence) => new Refusal(0, { message: sentence, message_zh: sentence, message_en: sentence });
