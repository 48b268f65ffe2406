// A node, asked by JSON-RPC over HTTP: one question after another on a few connections. Whatever it cannot tell becomes Wrong.
import http from "node:http";
import https from "node:https";
import { Wrong } from "../findings.mjs";

const ATTEMPTS = 4;
const FIRST_PAUSE = 200; // ms, doubled at each attempt: a node that is being restarted gets a second and a half
const SILENCE = 60_000; // ms between two pieces of an answer
const LIMITS = { bytes: 2 ** 28, milliseconds: 300_000 }; // of a whole answer: a node that drips must not hold a recount for ever
const AT_ONCE = 6;
const NAME = "node.answer";

/** The answer is longer than memory should hold; less may be asked at once: anybody can fill blocks and leave long notes. */
export class TooLong extends Wrong {}

/** The node answered with an error instead of a result. */
export class Refused extends Error {}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** One node. */
export class Node {
  constructor(url, limits = LIMITS) {
    this.url = url;
    this.limits = limits;
    this.next = 1;
    const { Agent } = url.startsWith("https:") ? https : http;
    this.agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  }

  close() {
    this.agent.destroy();
  }

  /** One answer's body as text; rejects with what went wrong. */
  async once(body) {
    const { request } = this.url.startsWith("https:") ? https : http;
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), "accept-encoding": "identity" };
    const signal = AbortSignal.timeout(this.limits.milliseconds);
    const response = await new Promise((done, failed) => {
      const asked = request(this.url, { method: "POST", agent: this.agent, headers, signal, timeout: SILENCE }, done);
      asked
        .on("timeout", () => asked.destroy(new Error("no answer in time")))
        .on("error", failed)
        .end(body);
    });
    const text = await this.whole(response, signal);
    if (response.statusCode >= 500 || response.statusCode === 429) throw new Error(`HTTP status ${response.statusCode}`);
    return text;
  }

  /** The body as it comes, unpacked by nobody. Throws Wrong when it has no end. */
  async whole(response, signal) {
    const parts = [];
    let length = 0;
    try {
      for await (const part of response) {
        length += part.length;
        if (length > this.limits.bytes)
          throw new TooLong(NAME, "node", "the node's answer is too long", `at most ${this.limits.bytes} bytes`, "more");
        parts.push(part);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Wrong(NAME, "node", "the node's answer does not end", `${this.limits.milliseconds} ms at most`, `${length} bytes by then`);
    }
    return Buffer.concat(parts).toString("utf8");
  }

  /** The decoded answer, after some attempts when the node is out of reach or out of breath. Throws Wrong. */
  async post(body, where) {
    let fault = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt) await pause(FIRST_PAUSE * 2 ** (attempt - 1));
      try {
        return JSON.parse(await this.once(body));
      } catch (error) {
        if (error instanceof Wrong) throw error;
        fault = error;
      }
    }
    throw new Wrong(NAME, where, "the node does not answer", "an answer", fault);
  }

  /** One result. Throws Refused when the node answers with an error, Wrong when it does not answer. */
  async ask(method, params, where = `node: ${method}`) {
    const answer = await this.post(JSON.stringify({ jsonrpc: "2.0", id: this.next++, method, params }), where);
    if (answer === null || typeof answer !== "object" || Array.isArray(answer))
      throw new Wrong(NAME, where, "no object", "an object", answer);
    if (answer.error) throw new Refused(String(answer.error.message ?? JSON.stringify(answer.error)));
    if (!("result" in answer)) throw new Wrong(NAME, where, "the node's answer has no result", "a result", "");
    return answer.result;
  }

  /** One result, an error being Wrong. */
  async told(method, params, where = `node: ${method}`) {
    try {
      return await this.ask(method, params, where);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Wrong(NAME, where, "the node refuses", "a result", error);
    }
  }
}

/** Runs a work over many items, a few at once; the results in the items' order. */
export async function eachOf(items, work) {
  const found = new Array(items.length);
  const rest = items.entries();
  const worker = async () => {
    for (const [i, one] of rest) found[i] = await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}
