// Step 18: the chain is the one that witnesses saw (protocol, section 27).
import { HEAD, KINDS, REWRITTEN, VOID, readWitness } from "../files/witness.mjs";
import { Wrong, need } from "../findings.mjs";

const MOST_COMPARED = 512;
const BEFORE_REWRITING = 8;

/** Compares the heads of every file that was handed in. */
export async function checkWitnesses(recount, log) {
  const { witnesses, witnessKeys } = recount.options;
  if (!witnesses.length) {
    log.note("no witness's file was handed in (--witness)");
    return;
  }
  const scene = need(recount.scene, 1);
  for (const path of witnesses) {
    try {
      const witness = readWitness(path, scene, witnessKeys);
      await compare(recount, witness, log);
      tellAlarms(recount, witness);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
    }
  }
}

/** The newest heads, with what the chain has under their numbers. */
async function compare(recount, { name, address, entries, isCut }, log) {
  const sight = need(recount.sight, 1);
  const heads = comparedOf(entries);
  const shown = await sight.shown([...new Set(heads.map(({ block }) => block))].sort((a, b) => (a < b ? -1 : 1)));
  // Anybody can write such a file with a key of their own: it speaks against the chain where whoever recounts named its witness.
  const finding = recount.options.witnessKeys.length ? "witness.chain" : VOID;
  let [seen, differing] = [0, 0];
  for (const one of heads) {
    const block = shown.get(one.block);
    if (block) {
      seen += 1;
      const what = `witness ${address} saw another block ${one.block} at ${one.seenAt}: the chain was rewritten since`;
      if (!log.equal(finding, one.place, what, one.hash, block.hash)) differing += 1;
    } else if (sight.isWhole) {
      log.wrong(finding, one.place, "the chain ends before a block that a witness saw", one.block, BigInt(sight.head.number));
      differing += 1;
    }
  }
  const rest = isCut ? " (its last line was cut off)" : "";
  log.note(`${name}: witness ${address}, ${heads.length} heads, ${seen} compared, ${differing} differ${rest}`);
  if (!recount.options.witnessKeys.length) log.note(`${name}: hold its address against what that witness published (--witness-key)`);
}

/** The newest heads, and those before each time at which a signed block became another one. */
function comparedOf(entries) {
  const heads = [];
  const before = new Set();
  for (const one of entries) {
    if (one.kind === HEAD) heads.push(one);
    if (one.kind === REWRITTEN) for (const each of heads.slice(-BEFORE_REWRITING)) before.add(each);
  }
  const chosen = new Set([...[...before].slice(-MOST_COMPARED), ...heads.slice(-MOST_COMPARED)]);
  return heads.filter((one) => chosen.has(one));
}

/** What the witness had to say besides heads; its word, beside the verdict. */
function tellAlarms(recount, { address, entries }) {
  const counts = new Map();
  for (const { kind } of entries) if (kind !== HEAD) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const kind of [...counts.keys()].sort()) {
    recount.beside.push(`witness ${address} / 见证人: ${KINDS[kind]} (${counts.get(kind)})`);
  }
}
