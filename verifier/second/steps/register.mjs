// Step 3: the published leaves are the register that the officials froze.
import { ZERO, hex, join, word } from "../bytes.mjs";
import { isBefore } from "../chain/blocks.mjs";
import { classNamesHash, classesHash } from "../contracts.mjs";
import { alike, need } from "../findings.mjs";
import { Fields, isBlank, read } from "../files/published.mjs";
import { readLeaves } from "../files/leaves.mjs";
import { N, bytesOf, commit, isOnCurve, opens } from "../math/curve.mjs";
import { depthOf, leafHash, proves } from "../math/tree.mjs";
import { callOf, onlyEvent, timeOf } from "./acts.mjs";
import { pollFile } from "./poll_file.mjs";

const NAME = "register.json";
const FINDING = "register.file";
const KEYS_1 = "register_number root leaf_count classes";
const KEYS = `${KEYS_1} range_proofs_hash`;
const ANY = 2n ** 256n;
const [MOST_CLASSES, MOST_LEAVES, AMOUNT_LIMIT] = [16, 2n ** 24n, 2n ** 63n];

/** Establishes the register: what was frozen, then its leaves. */
export async function checkRegister(recount, log) {
  const [scene, terms] = [need(recount.scene, 1), need(recount.terms, 2)];
  const frozen = await frozenRegister(recount, scene, terms, log);
  recount.register = frozen;
  for (const event of scene.ofPoll("LeafExcluded", "SealedLeafExcluded")) await exclude(recount, event, scene, frozen, terms, log);
  const leaves = await readLeaves(recount.published, log);
  if (!leaves.faults) {
    checkLeaves(leaves, frozen, log);
    frozen.leaves = leaves;
  }
  await compareFile(recount, scene, terms, frozen, log);
}

/** What is in the freezing transaction, signed by k officials before the poll was announced. Throws Wrong. */
async function frozenRegister(recount, scene, { registerNumber, announced }, log) {
  const event = onlyEvent(scene, "register.frozen", "RegisterFrozen", registerNumber);
  const isInTime = isBefore(event.log, announced) < 0;
  log.holds("register.frozen", event.where, "was frozen after the poll was announced", isInTime, announced.where);
  const { transaction, inputs } = await callOf(recount, event, "freezeRegister", scene.case, "register.frozen");
  const [said, [signers, signatures]] = [inputs.slice(0, -2), inputs.slice(-2)];
  log.holds("register.frozen", event.where, "says another register than its transaction", alike(said, event.values.slice(1)));
  const [root, leafCount, classes, namesHash = null, proofsHash = ZERO] = said;
  const hashes = namesHash ? [namesHash, proofsHash] : [];
  const { panel, domain } = scene.inOffice(event);
  const digest = domain.digest("RegisterFreeze", registerNumber, root, leafCount, classesHash(classes), ...hashes);
  panel.signed("register.signatures", digest, signers, signatures, log, `freezing in ${transaction.where}`);
  checkFrozen(leafCount, classes, log);
  return { root, leafCount, depth: depthOf(Number(leafCount)), classes, namesHash, proofsHash, leaves: null };
}

function checkFrozen(leafCount, classes, log) {
  const [name, place] = ["register.frozen", "frozen register"];
  log.holds(name, place, "leaf count is out of range", leafCount >= 1n && leafCount <= MOST_LEAVES, "1 to 2^24", leafCount);
  log.holds(
    name,
    place,
    "classes are not 1 to 16",
    classes.length >= 1 && classes.length <= MOST_CLASSES,
    "1 to 16",
    BigInt(classes.length),
  );
  const heads = classes.reduce((sum, [one]) => sum + one, 0n);
  log.equal(name, place, "heads of the classes are not the leaves", leafCount, heads);
  classes.forEach(([ofClass, fen], i) => {
    log.holds(name, `class ${i}`, "is empty", ofClass > 0n);
    log.holds(name, `class ${i}`, "admitted amount is out of range", fen < AMOUNT_LIMIT, "below 2^63", fen);
  });
}

function checkLeaves(leaves, { root, leafCount, depth, classes }, log) {
  log.equal("register.count", "leaves.csv", "has another number of leaves than was frozen", leafCount, BigInt(leaves.count));
  for (const i of leaves.off)
    log.wrong("register.curve", `leaves.csv line ${i + 2}`, "commitment is no point of the curve", "", leaves.commitments[i]);
  const strange = [...leaves.classes.keys()].filter((i) => leaves.classes[i] >= classes.length);
  for (const i of strange) {
    log.wrong("register.class", `leaves.csv line ${i + 2}`, "class does not exist", `below ${classes.length}`, BigInt(leaves.classes[i]));
  }
  const found = leaves.count ? leaves.root : ZERO;
  if (log.equal("register.root", "leaves.csv", "the leaves do not have the frozen root", root, found)) {
    log.note(`${leaves.count} leaves, depth ${depth}, root ${hex(found)}`);
  }
  if (leaves.off.length || strange.length) return;
  classes.forEach(([heads, fen, blind], i) => {
    const total = leaves.totalOf(i);
    log.equal("register.totals", `leaves.csv class ${i}`, "heads are not the admitted ones", heads, total.heads);
    const what = "commitments do not add up to the admitted amount and blind";
    if (log.equal("register.totals", `leaves.csv class ${i}`, what, bytesOf(commit(fen, blind)), total.sum)) {
      log.note(`class ${i}: ${heads} heads, ${fen} fen admitted; the commitments add up to it`);
    }
  });
}

/** A leaf that was taken out; each shows that the register was drawn up falsely (section 9.1). */
async function exclude(recount, event, scene, { root, leafCount, depth }, { closesAt }, log) {
  const { transaction, inputs } = await callOf(recount, event, "excludeLeaf", scene.poll, "register.excluded");
  const [index, [votingClass, x, y], proof, amount, blind, before, records] = inputs;
  const point = join(word(x), word(y));
  const right =
    index < leafCount &&
    proves(root, depth, leafHash(index, votingClass, point), proof) &&
    (await timeOf(recount, event)) >= closesAt &&
    recount.excluded.every((one) => one.index !== index) &&
    alike([index, votingClass, amount], event.values.slice(0, 3));
  const isOpened = amount >= AMOUNT_LIMIT && amount < N && isOnCurve(x, y) && opens(point, amount, blind);
  log.holds(
    "register.excluded",
    transaction.where,
    "takes a leaf out that is to stay",
    right && isOpened,
    "an opening of 2^63 or more",
    index,
  );
  const what = "the register is false: this leaf holds no claim and was taken out, so other leaves hold too much";
  const shown = amount < N / 2n ? amount : amount - N;
  log.wrong("register.excluded", `index ${index}`, what, "0 to 2^63 - 1 fen", `${shown} fen`);
  const sealed = scene.isSealed ? { order: event.log, sequence: event.values[3], choices: event.values[4], before, ballots: records } : {};
  recount.excluded.push({ index, votingClass, amount, recorded: event.values[3], where: event.where, ...sealed });
}

async function compareFile(recount, scene, { registerNumber }, frozen, log) {
  const value = read(await recount.published.bytes(NAME), NAME, FINDING);
  const file = new Fields(value, NAME, scene.protocol === 1 ? KEYS_1 : KEYS, FINDING);
  log.equal(FINDING, `${NAME}: register_number`, "is not the poll's", registerNumber, file.whole("register_number", ANY));
  log.equal(FINDING, `${NAME}: root`, "is not the frozen one", frozen.root, file.bytes("root", 32));
  log.equal(FINDING, `${NAME}: leaf_count`, "is not the frozen one", frozen.leafCount, file.whole("leaf_count", ANY));
  const depth = (await pollFile(recount.published)).file.whole("tree_depth", 256n);
  log.equal("poll.file", "poll.json: tree_depth", "is not the depth for this many leaves", BigInt(frozen.depth), depth);
  const rows = file.list("classes").map((row, i) => new Fields(row, `${NAME} class ${i}`, "name heads amount_fen blind", FINDING));
  const stated = rows.map((row) => [row.whole("heads", ANY), row.whole("amount_fen", ANY), row.hexNumber("blind")]);
  log.equal(FINDING, `${NAME}: classes`, "(heads, amount_fen, blind) are not the frozen ones", frozen.classes, stated);
  const names = rows.map((row) => row.text("name"));
  for (const [i, name] of names.entries()) log.holds(FINDING, `${NAME} class ${i}`, "has no name", !isBlank(name));
  if (scene.protocol === 1) return;
  log.equal(FINDING, `${NAME}: range_proofs_hash`, "is not the frozen one", frozen.proofsHash, file.bytes("range_proofs_hash", 32));
  log.equal(
    "register.names",
    NAME,
    "the names of the classes are not those that the officials froze",
    frozen.namesHash,
    classNamesHash(names),
  );
}
