// What a lender's browser does with a choice before it is signed, timed: bundled by scripts/bench/seal_in_browser.py and run in a page.

import { fromHex } from "../../backend/web/src/crypto/bytes.js";
import { openByK, seal } from "../../backend/web/src/crypto/seal.js";

/** Milliseconds of each of so many seals, and of each with the page's check besides. The first ones make the curve's tables. */
globalThis.sealTimes = (count, key, separator, ballotKey) => {
  const sealKey = { x: BigInt(key.x), y: BigInt(key.y) };
  const sealing = [];
  const checked = [];
  for (let index = 0; index < count; index++) {
    const place = { separator: fromHex(separator), index, sequence: 1 };
    const plain = BigInt(1 + (index % 3));
    const began = performance.now();
    const { k, ...made } = seal(plain, sealKey, place, fromHex(ballotKey));
    sealing.push(performance.now() - began);
    if (openByK(k, sealKey, place, made) !== plain) throw new Error("a ballot opened to something else");
    checked.push(performance.now() - began);
  }
  return { sealing, checked };
};
