// Step 17: the sample of the register, where one was published (protocol, section 4.3).
import { ZERO, hex, keccak } from "../bytes.mjs";
import { classesHash } from "../contracts.mjs";
import { Blocked, Wrong, need } from "../findings.mjs";
import { Fields, hashOf } from "../files/published.mjs";
import { chunksOf, contextOf, headerOf } from "../math/range_proof.mjs";
import { BLOCKS_LATER, SIZES, boundFen, boundMillionths, drawCommitments, pointsOf, sampleContext, seedOf } from "../math/sample.mjs";
import { Panel, hasSigned } from "../math/signers.mjs";
import { RegisterProofs } from "../ranges/register.mjs";
import { onlyEvent } from "./acts.mjs";

const [NAME, PROOFS, FILE] = ["sample.json", "sample_proofs.bin", "sample.file"];
const KEYS = "block bound_fen bound_millionths draws findings indexes proofs_hash register_number root signatures";
const WORDS = ["agrees", "overstated", "unknown"];
const SIGNERS = 2;
const MOST_DRAWS = Number(SIZES.at(-1));
const MOST_SIGNATURES = 32;
const ANY = 2n ** 256n;

/** Nothing has to be published; what is has to be right. */
export async function checkSample(recount, log) {
  if (!recount.published.has(NAME)) return log.note("no sample of the register was published");
  const [scene, terms, register] = [need(recount.scene, 1), need(recount.terms, 2), need(recount.register, 3)];
  const leaves = need(register.leaves, 3);
  if (leaves.off.length || BigInt(leaves.count) !== register.leafCount) throw new Blocked(3);
  const event = onlyEvent(scene, FILE, "RegisterFrozen", terms.registerNumber);
  const paper = paperIn(await recount.published.json(NAME), register.leafCount);
  compare(paper, register, terms.registerNumber, log);
  const seed = await seedFor(recount, paper, register, event, log);
  if (!paper.indexes.length) log.equal(FILE, `${NAME}: proofs_hash`, "is not zero, though nothing was drawn", ZERO, paper.proofsHash);
  else if (seed) await checkDraws(recount, paper, seed, log);
  checkFindings(paper, register, log);
  checkSigned(paper, scene, terms, register, event, log);
  return undefined;
}

/** The paper's parts. Throws Wrong. */
function paperIn(value, leafCount) {
  const file = new Fields(value, NAME, KEYS, FILE);
  const most = { indexes: MOST_DRAWS, findings: Number(leafCount), signatures: MOST_SIGNATURES };
  for (const [key, many] of Object.entries(most))
    if (file.list(key).length > many) throw new Wrong(FILE, `${NAME}: ${key}`, "are too many", many, file.list(key).length);
  const rows = (key, keys) => file.list(key).map((row) => new Fields(row, `${NAME}: ${key}`, keys, FILE));
  const block = file.inner("block", `${NAME}: block`, "hash number");
  const signed = rows("signatures", "signature signer");
  const { signatures: _, ...content } = value;
  return {
    number: file.whole("register_number", ANY),
    root: file.bytes("root", 32),
    draws: file.whole("draws", 2n ** 32n),
    block: { number: block.whole("number", 2n ** 64n), hash: block.bytes("hash", 32) },
    indexes: file.list("indexes").map((one) => Number(new Fields({ indexes: one }, NAME, "indexes", FILE).whole("indexes", leafCount))),
    findings: rows("findings", "found index").map((one) => [Number(one.whole("index", leafCount)), one.text("found")]),
    bound: [file.whole("bound_millionths", 2n ** 32n), file.whole("bound_fen", 2n ** 128n)],
    proofsHash: file.bytes("proofs_hash", 32),
    signers: signed.map((one) => one.anyBytes("signer")),
    signatures: signed.map((one) => one.anyBytes("signature")),
    hash: hashOf(content, NAME, FILE),
  };
}

function compare({ number, root, draws, indexes }, register, expected, log) {
  log.equal(FILE, `${NAME}: register_number`, "is not the poll's", expected, number);
  log.equal(FILE, `${NAME}: root`, "is not the frozen one", register.root, root);
  log.holds(FILE, `${NAME}: draws`, "a sample has no such size", SIZES.includes(draws), SIZES, draws);
  log.equal(FILE, `${NAME}: indexes`, "are not as many as draws", draws, BigInt(indexes.length));
}

/** From the chain alone; null where the block is not to be had. */
async function seedFor(recount, { block }, { root }, event, log) {
  const [sight, number] = [need(recount.sight, 1), event.log.block + BLOCKS_LATER];
  const isThat = log.equal("sample.seed", `${NAME}: block`, "is not the one that the seed comes from", BigInt(number), block.number);
  if (!isThat || !log.holds("sample.seed", `block ${number}`, "is not there yet", number <= sight.head.number)) return null;
  const { hash } = await sight.block(number).catch((error) => {
    if (!(error instanceof Wrong)) throw error;
    throw new Wrong("sample.seed", error.place, error.what, error.expected, error.found);
  });
  log.equal("sample.seed", `${NAME}: block`, "has another hash: another seed was used", hash, block.hash);
  return seedOf(root, hash);
}

const totalOf = ({ classes }) => classes.reduce((sum, [, fen]) => sum + fen, 0n) || 1n;

/** Every drawn leaf covers the point that the seed gives. */
async function checkDraws(recount, paper, seed, log) {
  const { chainId, case: caseAddress } = recount.scene;
  const { registerNumber } = recount.terms;
  const { root, leafCount, classes, proofsHash, leaves } = recount.register;
  if (proofsHash.equals(ZERO)) return log.wrong("sample.draw", NAME, "a register without range proofs: nothing proves a draw from it");
  const count = 2 * paper.indexes.length;
  const facts = { chainId, caseAddress, registerNumber, root, leafCount, classesHash: classesHash(classes) };
  const context = sampleContext(contextOf(facts), seed, paper.indexes);
  const [chunks, header] = [chunksOf(count), headerOf(context, count)];
  const length = chunks.reduce((sum, { bytes }) => sum + bytes, header.length);
  const bytes = await recount.published.bytes(PROOFS, length);
  if (!log.equal(FILE, PROOFS, "has another hash than was signed", paper.proofsHash, keccak(bytes))) return undefined;
  const isOurs = bytes.length === length && bytes.subarray(0, header.length).equals(header);
  const other = "is about other leaves than the seed draws, or of another form: the sample was chosen";
  if (!log.holds("sample.draw", PROOFS, other, isOurs, header, bytes.subarray(0, header.length))) return undefined;
  const commitments = drawCommitments(pointsOf(seed, paper.indexes.length, totalOf({ classes })), paper.indexes, leaves.commitments);
  if (commitments === null) return log.wrong("sample.draw", PROOFS, "a sum is infinity, which nothing proves");
  const wrong = await new RegisterProofs({ context, commitments, chunks, proofs: bytes.subarray(header.length) }).wrong();
  for (const { start, leaves: covered } of wrong.map((one) => chunks[one])) {
    const what = "nothing proves that the seed hits these leaves: the sample was chosen, not drawn";
    log.wrong("sample.draw", `draws ${start / 2} to ${Math.ceil((start + covered) / 2) - 1}`, what);
  }
  if (!wrong.length) log.note(`the seed ${hex(seed)} of block ${paper.block.number} draws these ${paper.indexes.length} by size`);
  return undefined;
}

/** A finding for every leaf that was drawn and for no other; then the bound. */
function checkFindings({ indexes, findings, bound }, register, log) {
  const [said, drawn] = [new Map(findings), new Set(indexes.length ? indexes : Array(Number(register.leafCount)).keys())];
  const isRising = findings.every(([index], i) => i === 0 || index > findings[i - 1][0]);
  log.holds("sample.findings", NAME, "findings do not stand by rising index, each once", isRising);
  const missing = [...drawn].filter((index) => !said.has(index));
  const strange = [...said.keys()].filter((index) => !drawn.has(index));
  for (const index of missing) log.wrong("sample.findings", `index ${index}`, "was drawn, and its finding was left out");
  for (const index of strange) log.wrong("sample.findings", `index ${index}`, "was not drawn, and has a finding");
  const isKnown = findings.every(([, found]) => WORDS.includes(found));
  log.holds("sample.findings", NAME, "a finding that there is not", isKnown, WORDS);
  if (!isKnown || !isRising || missing.length || strange.length) return;
  const wrong = (indexes.length ? indexes : [...drawn]).filter((index) => said.get(index) !== WORDS[0]).length;
  const [millionths, total] = [boundMillionths(indexes.length, wrong), totalOf(register)];
  const follows = [millionths, boundFen(millionths, total)];
  if (log.equal("sample.bound", NAME, "(millionths, fen) are not what the findings say", follows, bound)) {
    log.note(`${wrong} draws do not agree; at most ${follows[1]} of ${total} fen are overstated, at 99 %`);
  }
}

/** Two officials, of those who announced the poll or of those who froze the register. */
function checkSigned({ hash, signers, signatures }, scene, { registerNumber, generation }, { root }, event, log) {
  const digestOf = ({ domain }) => domain.digest("RegisterSample", registerNumber, root, hash);
  const both = [generation, scene.inOffice(event)];
  const isBy = (one) => signers.every((signer, i) => hasSigned(signer, digestOf(one), signatures[i]));
  const deciding = both.find(isBy) ?? both[0];
  const { officials } = deciding.panel;
  const panel = new Panel(officials, BigInt(Math.min(SIGNERS, officials.length)));
  panel.signed("sample.signatures", digestOf(deciding), signers, signatures, log, NAME);
}
