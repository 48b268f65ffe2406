// Step 11: every ballot that the relay received is on the chain, or is named as missed.
import { hex } from "../bytes.mjs";
import { Wrong, need } from "../findings.mjs";
import { ENOUGH } from "../files/lines.mjs";
import { listedReceipt, ownReceipt } from "../files/receipts.mjs";
import { Books, SUBJECT, readNotes } from "./books.mjs";

const NAME = "receipts.jsonl";
const MOST = 2 ** 33; // bytes
const PORTION = 1_000; // receipts whose signatures are handed out together, while the next ones are read

/** Sorts every receipt into recorded, superseded or missed; then those that lenders have brought. */
export async function checkReceipts(recount, log) {
  const [scene, terms] = [need(recount.scene, 1), need(recount.terms, 2)];
  const said = { domain: scene.pollDomain, planHash: need(recount.planHash, 4), keyHash: terms.sealing?.keyHash };
  const judge = new Judge(need(recount.ballots, 6), terms.receiptSigner, said, log);
  judge.own = recount.brought = await broughtReceipts(recount, scene, log);
  try {
    await checkList(recount, scene, terms, judge, log);
  } finally {
    // a lender's receipt is worth most where the list cannot be read
    for (const own of recount.brought) judge.takeOwn(own);
  }
}

/** The lenders' own receipts with their signers; what is none becomes a void paper. */
async function broughtReceipts(recount, scene, log) {
  const found = [];
  for (const path of recount.options.receipts) {
    try {
      found.push({ ...(await ownReceipt(path, scene)), line: 0, ballot: "void" });
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
    }
  }
  const signers = await recount.pool.signersOf(found);
  found.forEach((one, i) => (one.signer = signers[i]));
  return found;
}

async function checkList(recount, scene, terms, judge, log) {
  let books = null;
  if (scene.protocol > 1) {
    const notes = { poll: scene.poll, events: scene.notes(SUBJECT) };
    books = new Books(await readNotes(recount, notes, terms.closesAt, log), log);
  }
  const portions = [];
  let [line, unreadable, portion] = [0, 0, []];
  const handOut = () => {
    portions.push({ portion, signers: recount.pool.signersOf(portion, terms.receiptSigner) });
    portion = [];
  };
  await recount.published.lines(NAME, MOST, (lines) => {
    for (const content of lines) {
      line += 1;
      const one = listed(content, scene, line, log);
      if (one) portion.push(one);
      else if (++unreadable === ENOUGH) throw new Wrong("receipts.form", NAME, "has more such lines, which were not read");
    }
    if (portion.length >= PORTION) handOut();
  });
  handOut();
  for (const { portion: receipts, signers } of portions) take(receipts, await signers, judge, books);
  books?.close();
  judge.tell();
}

function take(receipts, signers, judge, books) {
  receipts.forEach((one, i) => {
    judge.take({ ...one, signer: signers[i] });
    books?.take(one);
  });
}

function listed(content, scene, line, log) {
  try {
    return { ...listedReceipt(content, scene, `${NAME} line ${line}`), line };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    log.take(error);
    return null;
  }
}

/** Looks for receipted ballots among those on the chain. */
class Judge {
  constructor({ recorded }, receiptSigner, said, log) {
    this.receiptSigner = receiptSigner;
    this.said = said;
    this.log = log;
    this.own = [];
    this.found = { recorded: 0, superseded: 0, missed: 0 };
    this.byAnotherKey = 0;
    this.recorded = new Map(recorded.map((one) => [hex(one.digest), one]));
    this.newest = new Map(recorded.map((one) => [one.index, one]));
  }

  isRelays(receipt) {
    return receipt.signer?.equals(this.receiptSigner) ?? false;
  }

  /** One published receipt: its signer, its ballot. */
  take(receipt) {
    const { where } = receipt;
    const what = "is not signed by the poll's receipt signer";
    this.log.holds("receipts.signature", where, what, this.isRelays(receipt), this.receiptSigner, receipt.signer ?? "nobody");
    this.found[this.ballotOf(receipt)] += 1;
    for (const own of this.own) this.compare(own, receipt);
  }

  /** Whether a lender holds the same receipt, or another one under the same number. */
  compare(own, listedOne) {
    if (own.digest.equals(listedOne.digest)) {
      if (!own.line) [own.line, own.listed] = [listedOne.line, listedOne.fields];
      return;
    }
    const [mine, theirs] = [own.fields, listedOne.fields];
    const isFork = mine.book?.equals(theirs.book) && mine.number === theirs.number && this.isRelays(own);
    this.log.holds(
      "receipts.fork",
      own.where,
      "the relay signed two receipts under one number",
      !isFork,
      listedOne.where,
      mine.number ?? "",
    );
  }

  /** A lender's receipt: what the relay signed must be on the chain and in its list; what it did not sign is void. */
  takeOwn(own) {
    if (!this.isRelays(own)) {
      this.log.wrong("void.receipt", own.where, "is not signed by the poll's receipt signer", this.receiptSigner, own.signer ?? "nobody");
      return;
    }
    // What was sealed is not signed: whoever changed it in a copy of theirs says nothing against the relay, whose list has it right.
    const { seal, sealedChoice } = own.listed ?? own.fields;
    own.ballot = this.ballotOf({ ...own, fields: { ...own.fields, seal, sealedChoice } });
    this.log.holds(
      "receipts.withheld",
      own.where,
      `the relay signed this receipt and left it out of ${NAME}`,
      own.line > 0,
      "a line of the list",
    );
    const place = own.line ? `stands in line ${own.line} of ${NAME}` : `is missing from ${NAME}`;
    const { index, sequence } = own.fields;
    this.log.note(`${own.where}: signed by the relay; ${place}; its ballot (index ${index}, sequence ${sequence}) is ${own.ballot}`);
  }

  /** Where a receipt's ballot is: nothing excuses the relay but a ballot of the same lender that the chain recorded. */
  ballotOf({ fields, where, line }) {
    const { index, sequence, ballotKey, ballotDigest } = fields;
    const same = this.recorded.get(hex(ballotDigest));
    if (same && same.key.equals(ballotKey) && same.index === index && same.sequence === sequence) return "recorded";
    const newest = this.newest.get(index);
    if (newest && newest.sequence >= sequence && this.isOfItsBallot(fields)) {
      if (line && !newest.key.equals(ballotKey)) this.byAnotherKey += 1;
      return "superseded";
    }
    const what = "missed: the relay received this ballot and it is not on the chain";
    this.log.wrong("receipts.missed", where, what, "recorded", `index ${index}, sequence ${sequence}, ballot ${hex(ballotDigest)}`);
    return "missed";
  }

  /** Whether the digest is a ballot's of the receipt's own index and sequence: these are the relay's word, which could name another's. */
  isOfItsBallot({ index, sequence, ballotDigest, seal, sealedChoice }) {
    const { domain, planHash, keyHash } = this.said;
    if (keyHash) return domain.digest("SealedBallot", index, sequence, seal, sealedChoice, planHash, keyHash).equals(ballotDigest);
    return [1n, 2n, 3n].some((choice) => domain.digest("Ballot", index, choice, sequence, planHash).equals(ballotDigest));
  }

  tell() {
    const { recorded, superseded, missed } = this.found;
    this.log.note(`${recorded + superseded + missed} receipts: ${recorded} recorded, ${superseded} superseded, ${missed} missed`);
    if (this.byAnotherKey)
      this.log.note(`${this.byAnotherKey} of them superseded by a ballot of another key; their lenders should hear of it`);
  }
}
