// Work spread over the processors: a few threads, each with a queue of questions.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

const NURSERY = { maxYoungGenerationSizeMb: 64 }; // big numbers live shortly

/** Threads of one script, which answers every message by one; they start with the first question. */
export class Workers {
  /** @param {URL} source */
  constructor(source) {
    this.source = source;
    this.threads = [];
    this.next = 0;
  }

  get isAtWork() {
    return this.threads.length > 0;
  }

  start() {
    while (this.threads.length < availableParallelism()) {
      const one = { thread: new Worker(this.source, { resourceLimits: NURSERY }), waiting: [] };
      one.thread.on("message", (answer) => one.waiting.shift().done(answer));
      one.thread.on("error", (error) => one.waiting.splice(0).forEach(({ failed }) => failed(error)));
      this.threads.push(one);
    }
  }

  async close() {
    await Promise.all(this.threads.splice(0).map(({ thread }) => thread.terminate()));
  }

  /** The answer of the thread whose turn it is; rejects when that fails. What is sent must be copies: a view takes along all it looks at. */
  ask(question) {
    this.start();
    const one = this.threads[this.next++ % this.threads.length];
    one.thread.postMessage(question);
    return new Promise((done, failed) => one.waiting.push({ done, failed }));
  }
}
