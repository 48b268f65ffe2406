// Times that outsiders stamped, read strictly (protocol, section 26).
import { createHash } from "node:crypto";
import { ascii } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";
import { hasSigned } from "../math/signers.mjs";
import { ENOUGH, wholeLines } from "./lines.mjs";
import { FINDINGS, Fields, read } from "./published.mjs";

export const NAME = "stamps.jsonl";
export const SUBJECTS = ["register", "head", "close", "result"];
export const MOST = 2 ** 26; // bytes
const FORM = FINDINGS[NAME];
const KEYS = "block block_hash response signature subject value";
const MOST_LINE = 2 ** 16;
const LF = 10;

/** One line: what was stamped, and the authority's answer. */
class Stamp {
  constructor(line, place) {
    if (line.length >= MOST_LINE) throw new Wrong(FORM, place, "is too long", `less than ${MOST_LINE} bytes`, BigInt(line.length));
    const row = new Fields(read(line, place, FORM), place, KEYS, FORM);
    this.place = place;
    this.subject = row.text("subject");
    if (!SUBJECTS.includes(this.subject)) throw new Wrong(FORM, `${place}: subject`, "is none that there is", SUBJECTS, this.subject);
    this.block = row.whole("block", 2n ** 63n);
    this.blockHash = row.bytes("block_hash", 32);
    this.value = row.bytes("value", 32);
    this.signature = row.bytes("signature", 65);
    this.response = row.anyBytes("response");
  }

  /** What the relay signed, under the case's domain or the poll's. */
  digest(domains) {
    const domain = this.subject === "register" ? domains.case : domains.poll;
    const subject = Buffer.concat([ascii(this.subject), Buffer.alloc(32 - this.subject.length)]);
    return domain.digest("Stamp", subject, this.block, this.blockHash, this.value);
  }

  /** What the authority stamped. */
  imprint(digest) {
    return createHash("sha256").update(digest).update(this.signature).digest();
  }

  isSignedBy(signer, digest) {
    return hasSigned(signer, digest, this.signature);
  }
}

/** The stamps of a file, or what is wrong with a line. Throws Wrong for what is no file of lines. */
export function* stampsIn(content, name) {
  if (content.length && content.at(-1) !== LF)
    throw new Wrong(FORM, name, "is cut off: its last line does not end", "LF at the end", content.subarray(-40));
  let [number, faults] = [0, 0];
  for (const line of wholeLines(content)) {
    const place = `${name} line ${++number}`;
    try {
      yield new Stamp(line, place);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      yield error;
      faults += 1;
      if (faults === ENOUGH) {
        yield new Wrong(FORM, name, "has more such lines, which were not read");
        return;
      }
    }
  }
}
