// Signatures by the thousand, spread over the processors (protocol, sections 8.2 and 11).
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { expanded } from "../math/curve.mjs";
import { recoverPacked } from "./packed.mjs";

const ITEM = 97; // bytes: digest, r, s, v
const ANSWER = 20; // bytes: the signer's address, zeros for nobody
const PART = 256; // signatures that a worker takes at once
const WORTH_WORKERS = 400; // fewer are done before a worker has started
const NURSERY = { maxYoungGenerationSizeMb: 64 }; // big numbers live shortly
const NOBODY = Buffer.alloc(ANSWER);

/** A few workers, each with a queue of parts; answers come in the order of the questions. */
export class Pool {
  constructor() {
    this.workers = [];
    this.next = 0;
  }

  start() {
    const source = new URL("./worker.mjs", import.meta.url);
    while (this.workers.length < availableParallelism()) {
      const worker = { thread: new Worker(source, { resourceLimits: NURSERY }), waiting: [] };
      worker.thread.on("message", (answer) => worker.waiting.shift().done(Buffer.from(answer)));
      worker.thread.on("error", (error) => worker.waiting.splice(0).forEach(({ failed }) => failed(error)));
      this.workers.push(worker);
    }
  }

  async close() {
    await Promise.all(this.workers.splice(0).map(({ thread }) => thread.terminate()));
  }

  /**
   * Who signed: for every { digest, signature } of 64 or 65 bytes the address, null for nobody. `likely` is an address that may have signed
   * many of them; it makes the answer quicker, never another one. All work is handed out before anything is waited for.
   */
  async signersOf(tasks, likely = NOBODY) {
    const parts = [];
    for (let from = 0; from < tasks.length; from += PART) parts.push(packed(tasks.slice(from, from + PART)));
    const isMuch = this.workers.length > 0 || tasks.length >= WORTH_WORKERS;
    const answers = await Promise.all(parts.map((part) => (isMuch ? this.ask(part, likely) : recoverPacked(part, likely))));
    const all = Buffer.concat(answers);
    return tasks.map((_, i) => {
      const found = all.subarray(ANSWER * i, ANSWER * i + ANSWER);
      return found.equals(NOBODY) ? null : found;
    });
  }

  /** A part's answer by the worker whose turn it is; rejects when that fails. What is sent are copies: a view takes along all it looks at. */
  ask(part, likely) {
    this.start();
    const worker = this.workers[this.next++ % this.workers.length];
    worker.thread.postMessage({ part: Uint8Array.from(part), likely: Uint8Array.from(likely) });
    return new Promise((done, failed) => worker.waiting.push({ done, failed }));
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
