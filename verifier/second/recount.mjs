// A second recount, for strangers to hold beside verifier/tally: node verifier/second/recount.mjs --rpc URL --published DIR
// It follows docs/protocol.md section 13 in another language and by other ways: every proof in every transaction is followed,
// the rule is applied in whole numbers, the chain's own sums are never asked. It stops at nothing, prints what is wrong, and ends with
// one line of JSON. It takes a transaction's input, a block's time and the contracts' code from the node as they are, and looks neither at
// the names of rules nor at rejections that no receipt claims: the first one binds them to hashes and to the build. Passkey signatures
// (longer signers) are counted as "not checked here". Needs Node 20 and the two @noble packages.
import { readFileSync } from "node:fs";
import { join as path } from "node:path";
import { parseArgs } from "node:util";
import { Node, classesHash, parametersHash, resultHash } from "./chain.mjs";
import { Point, commit, depthOf, digest, hex, join, keccak, leafHash, multiproves, number, point, raw, rootOf, separator, signer, word } from "./crypto.mjs";
import { asTuple, carries } from "./rule.mjs";

const CHOICES = ["for", "against", "abstain"];
const findings = [];
const notes = [];
const must = (step, true_, what) => true_ || (findings.push(`${step}: ${what}`), false);
const same = (a, b) => hex(a) === (typeof b === "string" ? b : hex(b));

/** Runs one step; whatever it cannot do is a finding. */
async function attempt(step, work) {
  try {
    await work();
  } catch (error) {
    must(step, false, error.message);
  }
}

/** The newest state of the recount: what the folder and the chain say. */
async function look(node, folder) {
  const read = (name) => readFileSync(path(folder, name));
  const json = (name) => JSON.parse(read(name).toString("utf8"));
  const poll = json("poll.json");
  const events = await node.events([poll.case, poll.poll], poll.from_block);
  const ofCase = (name, nr) => events.find((one) => one.address === poll.case && one.name === name && number(one.topics[0]) === BigInt(nr));
  const ofPoll = (...names) => events.filter((one) => one.address === poll.poll && names.includes(one.name));
  const view = (name, kind, address = poll.poll) => node.view(address, name, "()", kind);
  const p = poll.parameters;
  const state = { node, read, json, poll, p, ofCase, ofPoll, view };
  state.caseDomain = separator(poll.chain_id, poll.case);
  state.pollDomain = separator(poll.chain_id, poll.poll);
  state.officials = (await view("officials", "bytes[]", poll.case)).map(hex);
  state.threshold = await view("threshold", "uint256", poll.case);
  state.planHash = hex(await view("planHash", "bytes32"));
  state.conditions = p.conditions.map(asTuple);
  return state;
}

/** k distinct officials signed; longer signers than a plain key are noted. */
function officialsSigned(state, step, message, signers, signatures) {
  const good = new Set();
  signers.map(hex).forEach((one, i) => {
    if (one.length > 42) notes.push(`${step}: signer ${one.slice(0, 42)} is no plain key and was not checked here`);
    const signed = one.length > 42 || signer(message, signatures[i]) === one;
    if (must(step, signed && state.officials.includes(one), `signature ${i} is no official's`)) good.add(one);
  });
  must(step, BigInt(good.size) >= state.threshold, "too few officials signed");
}

async function checkParameters(state) {
  const { node, poll, p } = state;
  must(1, Number(await node.ask("eth_chainId")) === poll.chain_id, "another chain");
  must(1, (await node.view(poll.case, "poll", "(uint256)", "address", poll.poll_number)) === poll.poll, "the case knows another poll");
  const given = [p.register_number, p.plan_number, state.conditions, p.opens_at, p.closes_at, p.challenge_seconds, p.verifiers, p.receipt_signer];
  const hash = parametersHash(given);
  must(2, same(hash, hex(await state.view("parametersHash", "bytes32"))), "poll.json has other parameters than the poll");
  const event = state.ofCase("PollAnnounced", poll.poll_number);
  must(2, (await node.time(event.block)) < p.opens_at, "announced after the opening");
  const { inputs } = await node.call(event.hash);
  officialsSigned(state, 2, digest(state.caseDomain, "PollAnnouncement", poll.poll_number, hex(hash)), inputs[1], inputs[2]);
}

async function checkRegister(state) {
  const lines = state.read("leaves.csv").toString("latin1").split("\n");
  must(3, lines.shift() === "index,voting_class,x,y" && lines.pop() === "", "leaves.csv has another frame");
  const leaves = lines.map((line) => line.split(",")).map(([i, c, x, y]) => ({ index: +i, votingClass: +c, x: BigInt("0x" + x), y: BigInt("0x" + y) }));
  leaves.forEach((one, i) => must(3, one.index === i, `leaves.csv line ${i + 2} is out of order`));
  state.root = rootOf(leaves.map((one) => leafHash(one.index, one.votingClass, one.x, one.y)));
  must(3, same(state.root, hex(await state.view("registerRoot", "bytes32"))), "the leaves do not have the frozen root");
  state.leaves = leaves;
  const file = state.json("register.json");
  state.classes = file.classes.map((one) => [BigInt(one.heads), BigInt(one.amount_fen), BigInt(one.blind)]);
  must(3, file.leaf_count === leaves.length && same(state.root, file.root), "register.json speaks of another register");
  state.classes.forEach(([heads, fen, blind], nr) => {
    const mine = leaves.filter((one) => one.votingClass === nr);
    const sum = mine.reduce((total, one) => total.add(point(one.x, one.y)), Point.ZERO);
    must(3, BigInt(mine.length) === heads && sum.equals(commit(fen, blind)), `class ${nr} does not open to its totals`);
  });
  const { inputs } = await state.node.call(state.ofCase("RegisterFrozen", state.p.register_number).hash);
  const said = [state.p.register_number, hex(state.root), leaves.length, hex(classesHash(state.classes))];
  officialsSigned(state, 3, digest(state.caseDomain, "RegisterFreeze", ...said), inputs[3], inputs[4]);
}

async function checkPlan(state) {
  const file = state.read("plan.json");
  must(4, same(keccak(file), state.planHash), "plan.json is not the plan that was voted on");
  must(4, same(keccak(state.read("plan.pdf")), JSON.parse(file).pdf.keccak), "plan.pdf is not the file that the plan names");
  const number_ = state.p.plan_number;
  const admitted = await state.node.call(state.ofCase("PlanAdmitted", number_).hash);
  officialsSigned(state, 4, digest(state.caseDomain, "PlanAdmission", number_, state.planHash), admitted.inputs[1], admitted.inputs[2]);
  const [, signature] = (await state.node.call(state.ofCase("PlanSubmitted", number_).hash)).inputs;
  const institution = hex(await state.view("institution", "bytes", state.poll.case));
  if (institution.length > 42) return notes.push("4: the institution's signer is no plain key and was not checked here");
  return must(4, signer(digest(state.caseDomain, "PlanSubmission", number_, state.planHash), signature) === institution, "not submitted by the institution");
}

/** The ballots of one transaction: { index, choice, sequence, key, votingClass, x, y, signed }. */
function ballotsOf(state, { name, inputs }, at) {
  const verifier = (message, signature) => must(6, state.p.verifiers.includes(signer(message, signature)), "credential not signed by a verifier");
  let ballots, expires, siblings;
  if (name === "cast") {
    const [[index, choice, sequence, key, signature, until, credential], [votingClass, x, y], proof] = inputs;
    verifier(digest(state.pollDomain, "Credential", index, key, until), join(...credential));
    [ballots, expires, siblings] = [[{ index, choice, sequence, key, votingClass, x, y, signature: join(...signature) }], until, proof];
  } else {
    const [[entries, until, credential], marks, leaves, beside] = inputs;
    verifier(digest(state.pollDomain, "CredentialList", entries, until), join(...credential));
    [ballots, expires, siblings] = [[], until, beside];
    for (let i = 0; i * 24 < entries.length; i++) {
      const [entry, mark, leaf] = [entries.slice(24 * i, 24 * i + 24), marks.slice(65 * i, 65 * i + 65), leaves.slice(65 * i, 65 * i + 65)];
      const whose = { index: number(entry.slice(0, 4)), key: hex(entry.slice(4)), votingClass: BigInt(leaf[0]) };
      const coordinates = { x: number(leaf.slice(1, 33)), y: number(leaf.slice(33)) };
      ballots.push({ ...whose, ...coordinates, choice: BigInt(mark[0] & 3), sequence: BigInt(mark[0] >> 2), signature: mark.slice(1) });
    }
  }
  must(6, at >= state.p.opens_at && at < state.p.closes_at && BigInt(at) <= expires, "cast outside the window or after the credential's end");
  const hashed = ballots.map((one) => [Number(one.index), leafHash(one.index, one.votingClass, one.x, one.y)]);
  must(6, multiproves(state.root, depthOf(state.leaves.length), hashed, siblings), "a proof does not lead to the root");
  for (const one of ballots) {
    one.digest = digest(state.pollDomain, "Ballot", one.index, one.choice, one.sequence, state.planHash);
    one.signed = signer(one.digest, one.signature) === one.key;
  }
  return ballots;
}

async function checkBallots(state) {
  Object.assign(state, { newest: new Map(), recorded: new Set(), rejected: new Set() });
  const events = state.ofPoll("BallotsRecorded", "BallotRejected");
  for (const hash of new Set(events.map((one) => one.hash))) {
    const mine = events.filter((one) => one.hash === hash);
    const call = await state.node.call(hash);
    must(6, call.to === state.poll.poll, `${hash} was not sent to the poll`);
    const accepted = [];
    for (const one of ballotsOf(state, call, await state.node.time(mine[0].block))) {
      const before = state.newest.get(one.index)?.sequence ?? 0n;
      const good = one.choice >= 1n && one.choice <= 3n && one.sequence > before && one.sequence <= 63n && one.signed;
      if (!good) {
        state.rejected.add(`${one.index}/${one.key}/${one.sequence}`);
        continue;
      }
      state.newest.set(one.index, one);
      state.recorded.add(hex(one.digest) + one.key);
      accepted.push(...word(one.index).slice(28), Number((one.sequence << 2n) | one.choice));
    }
    const said = mine.filter((one) => one.name === "BallotsRecorded").map((one) => Buffer.from(decodeBytes(one.data)));
    must(6, Buffer.compare(Buffer.concat(said), Buffer.from(accepted)) === 0, `${hash} recorded other ballots than it carries`);
  }
}
const decodeBytes = (data) => data.slice(64, 64 + Number(number(data.slice(32, 64))));

async function checkCount(state) {
  const event = state.ofPoll("PollTallied")[0];
  const [openings] = (await state.node.call(event.hash)).inputs;
  const result = state.json("result.json");
  must(8, (await state.node.time(event.block)) >= state.p.closes_at, "opened before the close");
  const outcome = [];
  state.tallies = state.classes.map(([admittedHeads, admittedFen], nr) => {
    const cells = CHOICES.map((_, i) => [...state.newest.values()].filter((one) => one.votingClass === BigInt(nr) && one.choice === BigInt(i + 1)));
    const heads = cells.map((cell) => BigInt(cell.length));
    const fen = CHOICES.map((choice, i) => {
      const sum = cells[i].reduce((total, one) => total.add(point(one.x, one.y)), Point.ZERO);
      const [amount, blind] = [openings[nr][2 * i], openings[nr][2 * i + 1]];
      must(8, sum.equals(commit(amount, blind)) && amount < 2n ** 63n, `class ${nr}: what is opened as ${choice} is not what was cast`);
      return amount;
    });
    must(8, fen[0] + fen[1] + fen[2] <= admittedFen, `class ${nr}: more than was admitted`);
    outcome.push(carries(state.conditions, [admittedHeads, admittedFen], heads, fen));
    const stated = [...CHOICES.map((one) => `heads_${one}`), ...CHOICES.map((one) => `fen_${one}`)].map((key) => BigInt(result.tallies[nr][key]));
    must(12, `${stated}` === `${[...heads, ...fen]}`, `result.json class ${nr} is not what was counted`);
    return [...heads, ...fen];
  });
  state.passed = outcome.every(Boolean);
  state.resultHash = hex(resultHash(state.poll.poll, state.tallies, state.passed));
  must(9, hex(event.data.slice(0, 32)) === state.resultHash, "the chain has another result");
  must(12, result.passed === state.passed && result.result_hash === state.resultHash, "result.json has another outcome");
  state.challengeEndsAt = (await state.node.time(event.block)) + state.p.challenge_seconds;
  must(12, result.challenge_ends_at === state.challengeEndsAt, "result.json has another end of the challenge");
}

async function checkDecision(state) {
  const voices = new Map();
  for (const event of state.ofPoll("OfficialAttested")) {
    const [who, approve, signature] = (await state.node.call(event.hash)).inputs;
    must(10, (await state.node.time(event.block)) >= state.challengeEndsAt, "attested within the challenge period");
    must(10, !approve || state.passed, "approved what did not pass");
    must(10, !voices.has(hex(who)), "attested twice");
    officialsSigned({ ...state, threshold: 1n }, 10, digest(state.pollDomain, "Attestation", state.resultHash, approve), [who], [signature]);
    voices.set(hex(who), approve);
  }
  const count = (voice) => BigInt([...voices.values()].filter((one) => one === voice).length);
  state.decision = count(true) >= state.threshold ? "approved" : count(false) >= state.threshold ? "refused" : null;
  must(12, state.json("result.json").decision === state.decision, "result.json has another decision");
}

function checkReceipts(state) {
  const shown = new Map();
  const lines = state.read("receipts.jsonl").toString("utf8").split("\n").slice(0, -1);
  lines.map((line) => JSON.parse(line)).forEach((one, i) => {
    const values = [one.ballot_digest, one.ballot_key, one.index, one.sequence, one.received_at];
    const by = signer(digest(state.pollDomain, "BallotReceipt", ...values), raw(one.signature));
    must(11, by === state.p.receipt_signer, `receipts.jsonl line ${i + 1} is not the relay's`);
    must(11, (shown.get(one.ballot_key) ?? one.index) === one.index, `receipts.jsonl line ${i + 1} clashes with another lender's`);
    shown.set(one.ballot_key, one.index);
    const later = (state.newest.get(BigInt(one.index))?.sequence ?? 0n) > BigInt(one.sequence);
    const known = state.recorded.has(one.ballot_digest + one.ballot_key) || state.rejected.has(`${one.index}/${one.ballot_key}/${one.sequence}`);
    must(11, later || known, `receipts.jsonl line ${i + 1}: missed, the ballot is not on the chain`);
  });
}

const { values: given } = parseArgs({ options: { rpc: { type: "string" }, published: { type: "string" } }, strict: false });
if (typeof given.rpc !== "string" || typeof given.published !== "string" || !given.rpc || !given.published) {
  console.error("node verifier/second/recount.mjs --rpc URL --published DIR");
  process.exit(2);
}
let state = {};
await attempt(1, async () => void (state = await look(new Node(given.rpc), given.published)));
const steps = [[2, checkParameters], [3, checkRegister], [4, checkPlan], [6, checkBallots], [8, checkCount], [10, checkDecision], [11, checkReceipts]];
for (const [step, work] of steps) await attempt(step, () => work(state));
findings.forEach((one) => console.log(`! step ${one}`));
notes.forEach((one) => console.log(`  ${one}`));
const { tallies, passed, decision, resultHash: result_hash } = state;
const end = { recount: findings.length ? "differs" : "agrees", findings: findings.length, passed, decision, result_hash, tallies };
console.log(JSON.stringify(end, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
process.exit(findings.length ? 1 : 0);
