// Signatures by the thousand, spread over the processors (protocol, sections 8.2 and 11).
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { expanded } from "../math/curve.mjs";
import { recoverPacked } from "./packed.mjs";

const ITEM = 97; // bytes: digest, r, s, v
const ANSWER = 20; // bytes: the signer's address, zeros for nobody
const PART = 512; // signatures that a worker takes at once
const WORTH_WORKERS = 400; // fewer are done before a worker has started
const NOBODY = Buffer.alloc(ANSWER);

/** A few workers; each takes the next part when it is done with one. */
export class Pool {
  constructor() {
    this.workers = [];
  }

  start() {
    const source = new URL("./worker.mjs", import.meta.url);
    while (this.workers.length < availableParallelism()) this.workers.push(new Worker(source));
  }

  async close() {
    await Promise.all(this.workers.splice(0).map((one) => one.terminate()));
  }

  /**
   * Who signed: for every { digest, signature } of 64 or 65 bytes the address, null for nobody. `likely` is an address that may have signed
   * many of them; it makes the answer quicker, never another one.
   */
  async signersOf(tasks, likely = NOBODY) {
    const items = Buffer.alloc(ITEM * tasks.length);
    tasks.forEach(({ digest, signature }, i) => {
      const whole = signature.length === 65 ? signature : expanded(signature);
      if (whole) digest.copy(items, ITEM * i) && whole.copy(items, ITEM * i + 32); // else v stays 0, which is nobody's
    });
    const parts = [];
    for (let from = 0; from < items.length; from += ITEM * PART) parts.push(items.subarray(from, from + ITEM * PART));
    const answers = Buffer.concat(tasks.length < WORTH_WORKERS ? parts.map((one) => recoverPacked(one, likely)) : await this.spread(parts, likely));
    return tasks.map((_, i) => {
      const found = answers.subarray(ANSWER * i, ANSWER * i + ANSWER);
      return found.equals(NOBODY) ? null : found;
    });
  }

  async spread(parts, likely) {
    this.start();
    const answers = new Array(parts.length);
    const rest = parts.entries();
    const busy = this.workers.map(async (worker) => {
      for (const [i, part] of rest) answers[i] = await asked(worker, { part: Uint8Array.from(part), likely: Uint8Array.from(likely) });
    });
    await Promise.all(busy);
    return answers;
  }
}

/** A worker's answer; rejects when it fails. What is sent are copies: a view would take along all that it looks at. */
function asked(worker, message) {
  return new Promise((done, failed) => {
    worker.once("message", (answer) => (worker.off("error", failed), done(Buffer.from(answer))));
    worker.once("error", failed);
    worker.postMessage(message);
  });
}
