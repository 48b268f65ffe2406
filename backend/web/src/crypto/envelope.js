// The paper in a trustee's envelope: the seed of a key file in figures, as the trustee's own tool writes and reads it.

import { fromHex, join, keccak, toHex, utf8 } from "./bytes.js";

const CHECK_DIGITS = 8;

/** What was typed from the envelope has a mistake in it, or is of another ceremony or seat. */
export class EnvelopeNotRead extends Error {}

const checkOf = (seed, { ceremony, seat }) => toHex(keccak(join(seed, utf8(`${ceremony} ${seat}`)))).slice(2, 2 + CHECK_DIGITS);

/** The text for the envelope of an opened key file: the seed in groups of four digits, and a check against a slip of the pen. */
export function envelopeOf({ case: theCase, ceremony, seat, secret }) {
  const groups = toHex(secret).slice(2).match(/.{4}/g);
  const lines = [0, 8].map((at) => "seed: " + groups.slice(at, at + 8).join(" "));
  const about = [`case: ${theCase}`, `ceremony: ${ceremony}`, `seat: ${seat}`];
  return ["LenderVote trustee / \u5bc6\u94a5\u4fdd\u7ba1\u4eba", ...about, ...lines, `check: ${checkOf(secret, { ceremony, seat })}`, ""].join("\n");
}

/** The seed, 32 bytes, on a text from the envelope of this ceremony and seat. Throws EnvelopeNotRead. */
export function seedOn(text, about) {
  const digits = [...text.matchAll(/^\s*seed:([0-9a-fA-F \t]*)\r?$/gm)].map(([, found]) => found).join("").replace(/\s/g, "").toLowerCase();
  const checks = [...text.matchAll(/^\s*check:[ \t]*([0-9a-fA-F]+)[ \t]*\r?$/gm)];
  if (digits.length !== 64 || checks.length !== 1) throw new EnvelopeNotRead();
  const seed = fromHex("0x" + digits);
  if (checks[0][1].toLowerCase() !== checkOf(seed, about)) throw new EnvelopeNotRead();
  return seed;
}
