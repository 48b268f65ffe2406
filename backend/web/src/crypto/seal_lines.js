// What another device is shown of a seal: first what would be sent, then what opens it (protocol §22.5).

import { toHex, word } from "./bytes.js";
import { plainOf } from "./seal.js";
import { pointOf } from "./points.js";

/** The line that the other device keeps; nothing in it tells the choices. */
export const firstLine = (poll, { index, sequence }, sealed) =>
  ["lendervote-seal/1", poll.case_address.toLowerCase(), poll.number, index, sequence, sealed.seal, sealed.sealed_choice].join(" ");

/** The line that opens it; a seal that this was shown of is never sent. */
export const secondLine = (poll, sealed) =>
  [
    "lendervote-open/1",
    toHex(word(sealed.k)),
    toHex(pointOf(poll.seal_key).toBytes(true)),
    toHex(word(plainOf(sealed.choices)).subarray(24)),
  ].join(" ");
