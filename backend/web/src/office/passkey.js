// The visitor's passkey: registered before a case is opened, and asked for whenever something is to be signed.

import { get, post, sessionToken } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, one, part } from "../page/dom.js";
import { makePasskey, passkeysPossible, proofDigest, signWithPasskey } from "../crypto/passkeys.js";
import { beijing } from "../page/words.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

/** @type {any} */
let passkey = null;

const domain = () => one("#office").dataset.passkeyDomain;

/** The signer of the visitor's passkey, "" when there is none. */
export const passkeySigner = () => passkey?.signer ?? "";

function inOurWords(error) {
  if (error.name === "NotAllowedError") return inWords(say("office.passkey_stopped"));
  if (["SecurityError", "NotSupportedError", "InvalidStateError", "RangeError", "TypeError"].includes(error.name))
    return inWords(say("office.passkey_unusable"));
  return error;
}

/** The passkey's signature over a digest; the device asks its owner first. */
export async function signByPasskey(digest) {
  if (!passkeysPossible()) throw inWords(say("office.passkey_address"));
  try {
    return await signWithPasskey(passkey.credential_id, digest, domain());
  } catch (error) {
    throw inOurWords(error);
  }
}

function show() {
  const has = Boolean(passkey?.signer);
  fill("passkey", has ? say("office.passkey_ready", { moment: beijing(passkey.registered_at) }) : say("office.passkey_none"));
  part("passkey-make", !has && passkeysPossible());
  part("passkey-address", !has && !passkeysPossible());
}

async function register(name) {
  const offer = await post("/api/session/passkey/offer");
  try {
    const made = await makePasskey({ system: say("common.system"), name, userHandle: offer.user_handle, domain: domain() });
    const signer = offer.verifier + made.publicKey.slice(2);
    // Signing once now shows that the contract will take what this device signs later.
    const signature = await signWithPasskey(made.credentialId, proofDigest(sessionToken(), signer), domain());
    passkey = await post("/api/session/passkey", { credential_id: made.credentialId, public_key: made.publicKey, signature });
  } catch (error) {
    throw inOurWords(error);
  }
  show();
}

/** Read the visitor's passkey and offer to make one. */
export async function openPasskey(session) {
  const found = await get("/api/session/passkey");
  passkey = found.signer ? found : null;
  one('[data-act="make-passkey"]').onclick = acting(() => register(session.name));
  show();
}
