// A trustee's files: the key file with the seed of one ceremony, and the opening file with the share, each under a password (protocol §22.1).

import { fromHex, keccak, same, toHex, utf8 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { isHex } from "./ceremony.js";
import { PasswordWrong } from "./key_files.js";

export { PasswordWrong };
const ROUNDS = 600_000;
const MOST_ROUNDS = 10_000_000; // a file must not keep a page busy for minutes
const LEAST_PASSWORD = 10;
export const KEY = "lendervote-trustee-key/1";
export const OPENING = "lendervote-trustee-opening/1";
const FIELDS = ["case", "ceremony", "chain_id", "check", "dealt_roll", "format", "given_up", "nonce", "rounds", "salt", "sealed", "seat"];
// What Python's str.split takes for white space, so that one password is the same for both tools.
const WHITE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;

/** The text is no file of a trustee, or not the one that is asked for. */
export class NoTrusteeFile extends Error {}

/** The file was changed or cut since it was written: its other copy is needed. */
export class FileDamaged extends Error {}

/** Whoever finds the file must not guess its password. */
export class PasswordTooShort extends Error {}

/** A password as it is used: in NFKC, without white space. */
export const plainPassword = (typed) => typed.normalize("NFKC").replace(WHITE, "");

async function keyFrom(password, salt, iterations, use) {
  const secret = await crypto.subtle.importKey("raw", utf8(plainPassword(password)), "PBKDF2", false, ["deriveKey"]);
  const by = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(by, secret, { name: "AES-GCM", length: 256 }, false, [use]);
}

const checkOf = ({ check: _, ...rest }) => toHex(keccak(utf8(canonical(rest))));

function additionalOf({ check: _, sealed: __, ...rest }) {
  return utf8(canonical(rest));
}

/**
 * The text of a file that holds 32 bytes under a password. `about` is { case, ceremony, chain_id, seat, format, dealt_roll, given_up }; salt and
 * nonce are new with every writing. What was written is to be opened again before anything that needs it goes out. Throws PasswordTooShort.
 */
export async function writeTrusteeFile(about, secret, password, random = (bytes) => crypto.getRandomValues(bytes)) {
  if ([...plainPassword(password)].length < LEAST_PASSWORD) throw new PasswordTooShort();
  const { case: theCase, ceremony, chain_id: chainId, seat, format, dealt_roll: dealtRoll = "", given_up: givenUp = false } = about;
  const [salt, nonce] = [16, 12].map((length) => random(new Uint8Array(length)));
  const named = { case: theCase, ceremony, chain_id: chainId, dealt_roll: dealtRoll, format, given_up: givenUp, seat };
  const head = { ...named, nonce: toHex(nonce), rounds: ROUNDS, salt: toHex(salt) };
  const how = { name: "AES-GCM", iv: nonce, additionalData: additionalOf({ ...head, check: "", sealed: "" }) };
  const sealed = await crypto.subtle.encrypt(how, await keyFrom(password, salt, ROUNDS, "encrypt"), secret);
  const whole = { ...head, sealed: toHex(new Uint8Array(sealed)) };
  return canonical({ ...whole, check: checkOf({ ...whole, check: "" }) });
}

function readHead(text, format) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new NoTrusteeFile();
  }
  if (content === null || typeof content !== "object" || typeof content.format !== "string") throw new NoTrusteeFile();
  if (content.format !== format) throw new NoTrusteeFile();
  return content;
}

function isWhole(head) {
  const { case: theCase, ceremony, chain_id: chainId, dealt_roll: roll, given_up: givenUp, nonce, rounds, salt, seat, sealed } = head;
  const named = Object.keys(head).sort().join() === FIELDS.join() && typeof givenUp === "boolean";
  const bytes = [[theCase, 20], [ceremony, 32], [nonce, 12], [salt, 16], [sealed, 48]].every(([one, length]) => isHex(one, length));
  const counted = Number.isSafeInteger(chainId) && Number.isSafeInteger(seat) && seat >= 0 && Number.isSafeInteger(rounds) && rounds >= ROUNDS && rounds <= MOST_ROUNDS;
  return named && bytes && counted && (roll === "" || isHex(roll, 32)) && head.check === checkOf(head);
}

/**
 * An opened file: its fields and `secret`, 32 bytes, which whoever asked wipes. `format` is KEY or OPENING. Throws NoTrusteeFile, FileDamaged,
 * PasswordWrong.
 */
export async function openTrusteeFile(text, password, format = KEY) {
  const head = readHead(text, format);
  if (!isWhole(head)) throw new FileDamaged();
  const how = { name: "AES-GCM", iv: fromHex(head.nonce), additionalData: additionalOf(head) };
  const key = await keyFrom(password, fromHex(head.salt), head.rounds, "decrypt");
  try {
    return { ...head, secret: new Uint8Array(await crypto.subtle.decrypt(how, key, fromHex(head.sealed))) };
  } catch {
    throw new PasswordWrong();
  }
}

/** Whether a file as it was read back from the disk holds the same 32 bytes. Throws as openTrusteeFile. */
export async function isReadBack(text, password, secret, format = KEY) {
  const again = await openTrusteeFile(text, password, format);
  const right = same(again.secret, secret);
  again.secret.fill(0);
  return right;
}
