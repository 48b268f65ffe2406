// Passkeys: P-256 keys that a device keeps, and their signatures as the verifying contract reads them (protocol §5.1).

import { fromHex, join, keccak, toHex, toNumber, utf8, word } from "./bytes.js";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ES256 = -7;
const USER_PRESENT_AND_VERIFIED = 0x05;
const FLAGS_AT = 32;
const WAIT_MILLISECONDS = 120_000;

/** Whether this page's address allows passkeys: a secure context under a name, for an address in figures has none. */
export function passkeysPossible(host = location.hostname) {
  return Boolean(globalThis.isSecureContext && globalThis.PublicKeyCredential) && !/^[\d.]+$|:|\]$/.test(host);
}

/** r and s of an ECDSA signature in DER, s brought into the lower half, as bigints. Throws a RangeError for anything else. */
export function readDer(der) {
  const refuse = () => {
    throw new RangeError("not a signature in DER");
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) refuse();
  let at = 2;
  const numbers = [0, 1].map(() => {
    const length = der[at + 1];
    if (der[at] !== 0x02 || !length || at + 2 + length > der.length) refuse();
    const number = toNumber(der.subarray(at + 2, at + 2 + length));
    at += 2 + length;
    return number;
  });
  const [r, s] = numbers;
  if (at !== der.length || r <= 0n || r >= ORDER || s <= 0n || s >= ORDER) refuse();
  return { r, s: s > ORDER >> 1n ? ORDER - s : s };
}

/** x ‖ y of a P-256 key in SubjectPublicKeyInfo: its last 64 bytes, after the sign of an uncompressed point. Throws a RangeError. */
export function readPublicKey(info) {
  if (info.length !== 91 || info[26] !== 0x04) throw new RangeError("not a P-256 key");
  return info.subarray(27);
}

function placeOf(text, bytes) {
  const wanted = utf8(text);
  for (let at = 0; at + wanted.length <= bytes.length; at += 1) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  throw new RangeError("no " + text);
}

const padded = (bytes) => join(word(bytes.length), bytes, new Uint8Array((32 - (bytes.length % 32)) % 32));

/** `abi.encode(r, s, challengeIndex, typeIndex, authenticatorData, clientDataJSON)` of an assertion, as 0x. Throws a RangeError. */
export function encodeAssertion({ authenticatorData, clientDataJSON, signature }) {
  if ((authenticatorData[FLAGS_AT] & USER_PRESENT_AND_VERIFIED) !== USER_PRESENT_AND_VERIFIED) throw new RangeError("person not verified");
  const { r, s } = readDer(signature);
  const places = ['"challenge":"', '"type":"'].map((text) => word(placeOf(text, clientDataJSON)));
  const first = padded(authenticatorData);
  const head = 6 * 32;
  return toHex(join(word(r), word(s), ...places, word(head), word(head + first.length), first, padded(clientDataJSON)));
}

/** What a new passkey signs to prove itself to this session: keccak("LenderVote/1/passkey" ‖ keccak(token) ‖ signer). */
export const proofDigest = (token, signer) => keccak(join(utf8("LenderVote/1/passkey"), keccak(utf8(token)), fromHex(signer)));

/** The signature over a digest by the passkey of an id, as 0x. Throws what the browser throws, or a RangeError. */
export async function signWithPasskey(credentialId, digest, domain) {
  /** @type {any} */
  const { response } = await navigator.credentials.get({
    publicKey: {
      challenge: digest,
      ...(domain ? { rpId: domain } : {}),
      allowCredentials: [{ type: "public-key", id: fromHex(credentialId) }],
      userVerification: "required",
      timeout: WAIT_MILLISECONDS,
    },
  });
  const bytes = (name) => new Uint8Array(response[name]);
  return encodeAssertion({
    authenticatorData: bytes("authenticatorData"),
    clientDataJSON: bytes("clientDataJSON"),
    signature: bytes("signature"),
  });
}

/** Make a passkey on this device: `{ credentialId, publicKey }` as 0x. Throws what the browser throws, or a RangeError. */
export async function makePasskey({ system, name, userHandle, domain }) {
  /** @type {any} */
  const made = await navigator.credentials.create({
    publicKey: {
      // Nobody reads an attestation here: the key proves itself by signing what the service asks for.
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      attestation: "none",
      rp: { name: system, ...(domain ? { id: domain } : {}) },
      user: { id: fromHex(userHandle), name, displayName: name },
      pubKeyCredParams: [{ type: "public-key", alg: ES256 }],
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      timeout: WAIT_MILLISECONDS,
    },
  });
  const publicKey = readPublicKey(new Uint8Array(made.response.getPublicKey()));
  return { credentialId: toHex(new Uint8Array(made.rawId)), publicKey: toHex(publicKey) };
}
