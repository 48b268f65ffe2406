// Certificates of finality: a block that more than two thirds of the named validators sealed (protocol, section 25.2).
import { readFileSync } from "node:fs";
import { hex } from "../bytes.mjs";
import { Fields, read } from "../files/published.mjs";
import { Wrong } from "../findings.mjs";
import { sealersOf } from "./kaia.mjs";

const NAME = "validators";
const MOST = 1000;
const MOST_BYTES = 2 ** 20;

function spanOf(value, place, before) {
  const one = new Fields(value, place, "from_block addresses", NAME);
  const from = one.whole("from_block", 2n ** 63n);
  const addresses = one.list("addresses").map((given) => hex(one.bytesIn("addresses", String(given).toLowerCase(), 20)));
  const right = addresses.length > 0 && addresses.length <= MOST && new Set(addresses).size === addresses.length;
  if (!right) throw new Wrong(NAME, place, "names nobody, too many, or one twice", "each validator once", BigInt(addresses.length));
  if (before && from <= before.from) throw new Wrong(NAME, place, "blocks do not rise", `more than ${before.from}`, from);
  return { from, addresses: new Set(addresses) };
}

/** The validators that the parties named: from which block on who. */
export class Named {
  constructor(spans) {
    this.spans = spans;
  }

  /** From a file. Throws Wrong. */
  static of(path) {
    let content;
    try {
      content = readFileSync(path);
    } catch (error) {
      throw new Wrong(NAME, path, "cannot be read", "the file", error);
    }
    if (content.length > MOST_BYTES) throw new Wrong(NAME, path, "is too long", `${MOST_BYTES} bytes`, BigInt(content.length));
    const rows = new Fields(read(content, path, NAME), path, "validators", NAME).list("validators");
    const spans = [];
    rows.forEach((row, i) => spans.push(spanOf(row, `${path}: span ${i}`, spans.at(-1))));
    if (!spans.length) throw new Wrong(NAME, path, "names nobody", "validators", "nothing");
    return new Named(spans);
  }

  /** Who seals the block of that number; nobody before the first span. */
  at(number) {
    return this.spans.findLast(({ from }) => from <= BigInt(number))?.addresses ?? new Set();
  }

  /** Whether more than two thirds of those named sealed the block; a finding of that name when not. */
  check(block, finding, log) {
    const named = this.at(block.number);
    const found = sealersOf(block)?.map(hex);
    if (!log.holds(finding, block.where, "a commit seal is no signature", found !== undefined, "r, s, v", "")) return false;
    const strangers = found.filter((one) => !named.has(one));
    log.holds(
      finding,
      block.where,
      "is sealed by somebody who was not named",
      !strangers.length,
      "validators named",
      strangers.slice(0, 1),
    );
    const distinct = new Set(found);
    log.holds(finding, block.where, "a validator sealed it twice", distinct.size === found.length, "each once", BigInt(found.length));
    const count = [...distinct].filter((one) => named.has(one)).length;
    const enough = named.size > 0 && 3 * count > 2 * named.size;
    const what = "is not sealed by more than two thirds of the validators named";
    return log.holds(finding, block.where, what, enough, `more than two thirds of ${named.size}`, BigInt(count)) && enough;
  }

  /** What a verdict rests on where a block is certified. */
  said(block) {
    const count = this.at(block.number).size;
    return `on the seals of more than two thirds of the ${count} validators named that block ${block.number}, ${hex(block.hash)}, is final`;
  }
}
