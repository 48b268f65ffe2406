// A witness's file of signed heads, read strictly (protocol, section 27).
import { basename } from "node:path";
import { ZERO, hex } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";
import { hasSigned } from "../math/signers.mjs";
import { handedIn } from "./handed_in.mjs";
import { wholeLines } from "./lines.mjs";
import { Fields, read } from "./published.mjs";

export const VOID = "void.witness";
export const HEAD = 1n;
export const REWRITTEN = 2n;
/** What each kind of entry says. */
export const KINDS = {
  1: "signed heads",
  2: "a signed block became another one",
  3: "no new block came",
  4: "a receipted ballot was not recorded in time",
  5: "no node answered",
};
const MOST = 2 ** 28; // bytes
const MOST_LINE = 2 ** 12;
const HEADER = "address case chain_id witness";
const ENTRY = "block hash kind number previous seen_at signature";

/** The whole file: name, address, entries, and whether a last line was left aside. Throws Wrong. */
export function readWitness(path, scene, keys) {
  const name = basename(path);
  const content = handedIn(path, VOID, MOST);
  const lines = wholeLines(content);
  const first = lines.next().value;
  if (!first || first.length >= MOST_LINE) throw new Wrong(VOID, name, "has no first line", HEADER, "nothing");
  const header = new Fields(read(first, `${name} line 1`, VOID), `${name} line 1`, HEADER, VOID);
  if (header.whole("witness", 2n ** 32n) !== 1n)
    throw new Wrong(VOID, name, "is of a kind that this tool does not know", 1n, header.value.witness);
  const found = [header.whole("chain_id", 2n ** 256n), header.bytes("case", 20)];
  if (found[0] !== scene.chainId || !found[1].equals(scene.case))
    throw new Wrong(VOID, name, "is about another case", [scene.chainId, scene.case], found);
  const address = header.bytes("address", 20);
  if (keys.length && !keys.some((one) => one.equals(address)))
    throw new Wrong(VOID, name, "is by another witness than the one given", keys, address);
  const entries = [];
  let previous = ZERO;
  for (const line of lines) {
    const after = { number: BigInt(entries.length + 1), previous };
    entries.push(entryOf(line, `${name} line ${entries.length + 2}`, scene.caseDomain, address, after));
    previous = entries.at(-1).digest;
  }
  return { name, address: hex(address), entries, isCut: content.length > 0 && content.at(-1) !== 10 };
}

/** One line, which follows the one before it and is signed. Throws Wrong. */
function entryOf(line, place, domain, address, after) {
  if (line.length >= MOST_LINE) throw new Wrong(VOID, place, "is too long", `less than ${MOST_LINE} bytes`, BigInt(line.length));
  const row = new Fields(read(line, place, VOID), place, ENTRY, VOID);
  const [number, kind, block] = [row.whole("number", 2n ** 63n), row.whole("kind", 2n ** 8n), row.whole("block", 2n ** 63n)];
  const [hash, seenAt, previous] = [row.bytes("hash", 32), row.whole("seen_at", 2n ** 63n), row.bytes("previous", 32)];
  if (!(kind in KINDS)) throw new Wrong(VOID, place, "is of no kind that there is", "1 to 5", kind);
  if (number !== after.number || !previous.equals(after.previous))
    throw new Wrong(VOID, place, "does not follow the entry before it", after.number, number);
  const digest = domain.digest("Witnessed", number, kind, block, hash, seenAt, previous);
  if (!hasSigned(address, digest, row.bytes("signature", 65)))
    throw new Wrong(VOID, place, "is not signed by the witness", address, "another key");
  return { number, kind, block, hash, seenAt, place, digest };
}
