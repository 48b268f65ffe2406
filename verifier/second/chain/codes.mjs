// The code at the contracts that a recount rests on, proved at a bundle's head (protocol, section 16).
import { hex, keccak, raw } from "../bytes.mjs";
import { NotRlp } from "../encoding/rlp.mjs";
import { NotProved, valueAt } from "../encoding/trie.mjs";
import { Fields, read } from "../files/published.mjs";
import { Wrong } from "../findings.mjs";
import { verifiersBehind } from "../math/signers.mjs";
import { accountOf } from "./accounts.mjs";

const [NAME, FILE, KEYS] = ["proof.code", "code.jsonl", "address code proof"];
const MOST = 2 ** 24; // bytes

function bytesOf(value, where) {
  const found = raw(value);
  if (found === null) throw new Wrong(NAME, where, "is no bytes", "0x and hex digits", value);
  return found;
}

/** The hash of the code that an account has at a block. Throws NotProved, NotRlp. */
function codeHashAt(head, address, nodes) {
  const account = valueAt(head.stateRoot, keccak(address), nodes);
  return account.length ? accountOf(account, head.accountKind)[3] : Buffer.alloc(0);
}

/** [address in hex, code] of one line. Throws Wrong. */
function rowOf(line, where, head) {
  const row = new Fields(read(line, where, NAME), where, KEYS, NAME);
  const [address, code] = [row.bytes("address", 20), bytesOf(row.value.code, where)];
  const nodes = row.list("proof").map((node) => bytesOf(node, where));
  let stated;
  try {
    stated = codeHashAt(head, address, nodes);
  } catch (error) {
    if (![NotProved, NotRlp].some((kind) => error instanceof kind)) throw error;
    throw new Wrong(NAME, where, "does not follow from the head's state root", head.stateRoot, error);
  }
  if (!stated.equals(keccak(code))) throw new Wrong(NAME, where, "is not the code that the account has at the head", keccak(code), stated);
  return [hex(address), code];
}

/** Code by address in hex. Throws Wrong. */
async function provedCodes(zip, head) {
  const content = await zip.bytes(FILE, MOST);
  if (content.at(-1) !== 0x0a) throw new Wrong(NAME, FILE, "is cut off or empty", "lines with LF at the end", content.subarray(-20));
  const found = new Map();
  let number = 0;
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(0x0a, start);
    const where = `${FILE} line ${++number}`;
    const [address, code] = rowOf(content.subarray(start, end), where, head);
    if (found.has(address)) throw new Wrong(NAME, where, "names an account twice", "each once", address);
    found.set(address, code);
    start = end + 1;
  }
  return found;
}

export const provesCode = (zip) => zip.entries.has(FILE);

/** Contract, finding and address of case and poll. */
export const contractsAt = (place) => [
  ["Case", "case.code", hex(place.case)],
  [place.pollContract, "poll.code", hex(place.poll)],
];

/** The same of what judges the passkeys among these signers. */
export const judgesOf = (signers, finding) => verifiersBehind(signers).map((address) => ["PasskeyVerifier", finding, address]);

/** Findings where code at `wanted` is not proved, or is another than the release's. Throws Wrong. */
export async function checkProvedCode(zip, head, wanted, release, log) {
  const codes = await provedCodes(zip, head);
  for (const [contract, finding, address] of wanted) {
    const code = codes.get(address);
    if (!log.holds(NAME, address, "its code is not proved at the head", code !== undefined, FILE, "nothing")) continue;
    log.holds(finding, address, `other code than ${contract} of release ${release.number}`, release.isDeployed(contract, code));
  }
}
