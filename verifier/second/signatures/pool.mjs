// Signatures by the thousand, spread over the processors (protocol, sections 8.2 and 11).
import { expanded } from "../math/curve.mjs";
import { Workers } from "../workers.mjs";
import { recoverPacked } from "./packed.mjs";

const ITEM = 97; // bytes: digest, r, s, v
const ANSWER = 20; // bytes: the signer's address, zeros for nobody
const PART = 256; // signatures that a worker takes at once
const WORTH_WORKERS = 400; // fewer are done before a worker has started
const NOBODY = Buffer.alloc(ANSWER);

/** Who signed, by a few workers. */
export class Pool extends Workers {
  constructor() {
    super(new URL("./worker.mjs", import.meta.url));
  }

  /**
   * Who signed: for every { digest, signature } of 64 or 65 bytes the address, null for nobody. `likely` is an address that may have signed
   * many of them; it makes the answer quicker, never another one. All work is handed out before anything is waited for.
   */
  async signersOf(tasks, likely = NOBODY) {
    const parts = [];
    for (let from = 0; from < tasks.length; from += PART) parts.push(packed(tasks.slice(from, from + PART)));
    const isMuch = this.isAtWork || tasks.length >= WORTH_WORKERS;
    const answers = await Promise.all(
      parts.map((part) =>
        isMuch ? this.ask({ part: Uint8Array.from(part), likely: Uint8Array.from(likely) }).then(Buffer.from) : recoverPacked(part, likely),
      ),
    );
    const all = Buffer.concat(answers);
    return tasks.map((_, i) => {
      const found = all.subarray(ANSWER * i, ANSWER * i + ANSWER);
      return found.equals(NOBODY) ? null : found;
    });
  }
}

/** Digest, r, s and v of each, one behind the other. */
function packed(tasks) {
  const items = Buffer.alloc(ITEM * tasks.length);
  tasks.forEach(({ digest, signature }, i) => {
    const whole = signature.length === 65 ? signature : expanded(signature);
    if (whole === null) return; // v stays 0, which is nobody's
    digest.copy(items, ITEM * i);
    whole.copy(items, ITEM * i + 32);
  });
  return items;
}
