// What a node's views say of the poll's state, to be held against the recount (protocol, section 13, step 14).
import { hex, word } from "../bytes.mjs";
import { selectorOf } from "../contracts.mjs";
import { NotDecodable, decode } from "../encoding/abi.mjs";
import { Wrong } from "../findings.mjs";
import { sealedViews } from "./sealed_state.mjs";
import { Unreadable, bytesIn } from "./ethereum.mjs";

const NAME = "state.view";

/** What a view answers at the head, by a list of types. Throws Wrong. */
export async function view(node, contract, head, [name, inputs, outputs], ...values) {
  const where = `node: ${name}(${values})`;
  const data = Buffer.concat([selectorOf(name, inputs), ...values.map(word)]);
  const answer = await node.told("eth_call", [{ to: hex(contract), data: hex(data) }, "0x" + head.number.toString(16)], where);
  try {
    return decode(outputs, bytesIn(answer));
  } catch (error) {
    if (!(error instanceof NotDecodable || error instanceof Unreadable)) throw error;
    throw new Wrong(error instanceof NotDecodable ? NAME : "node.answer", where, "the answer cannot be decoded", outputs, error);
  }
}

/** The poll's views at the head, by the word of a node. */
export class Views {
  constructor(node, poll, head) {
    this.node = node;
    this.poll = poll;
    this.head = head;
  }

  view(...asked) {
    return view(this.node, this.poll, this.head, ...asked);
  }

  /** Findings where a view says otherwise than `counted`. Throws Wrong. */
  async check(counted, log) {
    const what = "differs from the recount";
    if (counted.sealed) {
      for (const { name, inputs, outputs, given, answer } of sealedViews(counted)) {
        log.equal(NAME, `poll.${name}(${given})`, what, answer, await this.view([name, inputs, outputs], ...given));
      }
      return;
    }
    for (const [number, heads] of counted.heads.entries()) {
      const seen = await this.view(["heads", "(uint256)", "(uint256,uint256,uint256)"], number);
      log.equal(NAME, `poll.heads(${number})`, what, heads, seen);
      for (const [i, total] of counted.sums[number].entries()) {
        const point = await this.view(["sumOf", "(uint256,uint8)", "(bytes32,bytes32)"], number, i + 1);
        log.equal(NAME, `poll.sumOf(${number}, ${i + 1})`, what, total, Buffer.concat(point));
      }
    }
    const single = [
      ["resultHash", "(bytes32)", counted.resultHash],
      ["passed", "(bool)", counted.passed],
      ["challengeEndsAt", "(uint64)", counted.challengeEndsAt],
      ["approvals", "(uint256)", counted.approvals],
      ["refusals", "(uint256)", counted.refusals],
    ];
    for (const [name, outputs, expected] of single)
      log.equal(NAME, `poll.${name}()`, what, [expected], await this.view([name, "()", outputs]));
  }
}
