// Signatures as one run of bytes, 97 each: digest, r, s, v. The answer has 20 bytes each: the signer's address, zeros for nobody.
import { addressOf, parts } from "../math/curve.mjs";
import { Multiples, recoverAll, signedAll } from "../math/recovery.mjs";

const [ITEM, ANSWER] = [97, 20];
const WORTH_MULTIPLES = 300; // signatures by one key, from which its multiples are worth their price
const known = new Map(); // address -> { count, multiples }

/** Recovers those at the given places and writes the addresses down; the keys found, by place. */
function recover(numbers, places, answer) {
  const keys = recoverAll(places.map((i) => numbers[i]));
  keys.forEach((key, j) => key && addressOf(key).copy(answer, ANSWER * places[j]));
  return keys;
}

/** Counts a likely signer's signatures, and makes the multiples of its key once it has turned out to sign much. */
function noteSigner(likely, keys) {
  const name = likely.toString("hex");
  const entry = known.get(name) ?? { count: 0, multiples: null };
  known.set(name, entry);
  const mine = keys.filter((key) => key && addressOf(key).equals(likely));
  entry.count += mine.length;
  if (entry.multiples === null && entry.count >= WORTH_MULTIPLES) entry.multiples = new Multiples(...mine[0]);
}

/** Who signed each of the signatures. */
export function recoverPacked(items, likely) {
  const numbers = [];
  for (let at = 0; at < items.length; at += ITEM) numbers.push(parts(items.subarray(at, at + 32), items.subarray(at + 32, at + ITEM)));
  const answer = Buffer.alloc(ANSWER * numbers.length);
  let places = [...numbers.keys()].filter((i) => numbers[i] !== null);
  const multiples = known.get(likely.toString("hex"))?.multiples;
  if (multiples) {
    const mine = signedAll(
      places.map((i) => numbers[i]),
      multiples,
    );
    places = places.filter((i, j) => (mine[j] ? (likely.copy(answer, ANSWER * i), false) : true));
  }
  const keys = recover(numbers, places, answer);
  if (!multiples && likely.some((one) => one)) noteSigner(likely, keys);
  return answer;
}
