// Step 13: the verifiers' logs and the chain know the same credentials, and each rests on what it has to (protocol, section 15.1).
import { basename } from "node:path";
import { hex } from "../bytes.mjs";
import { fingerprintOf } from "../contracts.mjs";
import { StepLog, Wrong, need } from "../findings.mjs";
import { issuedOf, linesOf, readLog } from "../files/issuer_log.mjs";
import { hasSigned } from "../math/signers.mjs";

const CLOCKS_APART = 300n; // seconds
const VOUCHERS = 2;
const PLAIN = 20; // bytes of a signer that is a plain key
const PORTION = 1_000; // credentials whose vouchers are checked together
const MOST_NAMED = 20;
const DAY = 86_400n; // seconds

/** Reconciles every log that was handed in. */
export async function checkIssuerLog(recount, log) {
  const paths = recount.options.issuerLogs;
  if (paths.length === 0)
    return log.note("no verifier's log was handed in (--issuer-log); that every credential stands in it is not checked");
  const facts = { scene: need(recount.scene, 1), terms: need(recount.terms, 2), pool: recount.pool };
  const { credentials } = need(recount.ballots, 6);
  const answered = new Set();
  for (const path of paths) {
    const place = basename(path);
    try {
      for (const used of await reconcile(linesOf(path, place), place, facts, credentials, log)) answered.add(used);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
    }
  }
  noteUnanswered(credentials, answered, log);
  return undefined;
}

function noteUnanswered(credentials, answered, log) {
  const counts = new Map();
  for (const used of credentials.values()) if (!answered.has(used)) counts.set(used.verifier, (counts.get(used.verifier) ?? 0) + 1);
  for (const [verifier, count] of counts) log.note(`${count} credentials by ${verifier}: no log of that verifier was handed in`);
}

/** One log, given as groups of lines, against the credentials on the chain: those that it had to answer for. Throws Wrong. */
export async function reconcile(groups, place, facts, credentials, log) {
  const judged = new Reconciliation(facts);
  const about = { place, poll: facts.scene.poll, verifiers: facts.terms.verifiers };
  const read = await readLog(groups, about, log, (entry) => judged.take(entry));
  await judged.checkVouchers();
  log.append(judged.log);
  return judged.compare(place, read, credentials, log);
}

const lender = (index, ballotKey) => `${index}/${hex(ballotKey)}`;

/** Judges the entries of one log in their order; what it finds waits in its own log until the paper has turned out not to be void. */
class Reconciliation {
  constructor({ scene, terms, pool }) {
    this.scene = scene;
    this.terms = terms;
    this.pool = pool;
    this.log = new StepLog(13);
    this.isRooted = false;
    this.model = "";
    this.files = new Set(); // those that k officials signed, as hex, in the order in which they came; the last one is in force
    this.issued = new Map();
    this.count = 0;
    this.newest = 0n;
    this.waiting = [];
    const { chainId } = scene;
    const [{ panel, institution }] = scene.generations; // the paper is that of those who opened the case
    const paper = fingerprintOf(chainId, scene.case, panel.officials, panel.threshold, institution, scene.rehearsal);
    this.roots = [hex(scene.case), scene.pollNumber, paper, hex(terms.announced.transaction)];
  }

  async take(entry) {
    try {
      if (entry.kind === "roots") this.takeRoots(entry);
      else if (entry.kind === "identity_file") this.takeFile(entry);
      else if (entry.kind === "face_model") this.takeModel(entry);
      else if (entry.kind === "credential") this.takeCredential(issuedOf(entry));
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.log.take(error);
    }
    if (this.waiting.length >= PORTION) await this.checkVouchers();
  }

  /** What compares the poll's faces from here on. */
  takeModel({ place, fields }) {
    this.model = fields.text("model");
    this.log.note(`${place}: faces are compared by ${this.model}`);
  }

  /** What the verifier believed is what the chain shows, and rests on two organisations or says that it does not. */
  takeRoots({ place, fields }) {
    this.isRooted = true;
    const { value } = fields;
    const said = [value.case, fields.whole("poll_number", 2n ** 256n), value.fingerprint, value.announced];
    this.log.equal("log.roots", place, "believes something else of the poll than the chain shows", this.roots, said);
    const organisations = new Set(fields.list("organisations").map((one) => fields.textIn("organisations", one)));
    if (fields.flag("one_node")) {
      this.log.note(`${place}: the verifier believed a single node: ${[...organisations].sort().join(", ")}`);
      return;
    }
    const what = "rests on fewer than two organisations' nodes, and the setting for that is not named";
    this.log.holds("log.roots", place, what, organisations.size > 1, "2 or more", BigInt(organisations.size));
  }

  /** An identity file counts, in place of those before, when k officials, and nobody else, signed it for this poll's register. One that
   * was replaced does not come back: a set keeps its place. */
  takeFile({ fields }) {
    const [fileHash, register] = [fields.bytes("file_hash", 32), fields.whole("register_number", 2n ** 256n)];
    const [signers, signatures] = ["signers", "signatures"].map((key) => fields.list(key).map((one) => fields.anyBytesIn(key, one)));
    const { panel, domain } = this.terms.generation;
    const isPanel = this.areOfficials(signers, panel.threshold) && signers.length === signatures.length;
    if (!isPanel || register !== this.terms.registerNumber) return;
    const digest = domain.digest("IdentityFile", register, fileHash);
    if (signers.every((signer, i) => hasSigned(signer, digest, signatures[i]))) this.files.add(hex(fileHash));
  }

  /** Whether these are so many or more officials, each once. */
  areOfficials(signers, least) {
    const { panel } = this.terms.generation;
    const isDistinct = new Set(signers.map(hex)).size === signers.length;
    return BigInt(signers.length) >= BigInt(least) && isDistinct && signers.every((one) => panel.has(one));
  }

  takeCredential({ place, way, index, ballotKey, issuedAt, verifier, vouchers, identityFile, model }) {
    this.count += 1;
    if (issuedAt > this.newest) this.newest = issuedAt;
    const name = lender(index, ballotKey);
    const known = this.issued.get(name) ?? { index, entries: [] };
    known.entries.push({ issuedAt, verifier: hex(verifier) });
    this.issued.set(name, known);
    this.log.holds("log.roots", place, "was issued before the verifier said what it believes of the poll", this.isRooted);
    if (way === "face" && this.model) {
      const what = "a face was compared by another model than the one that the poll was frozen with";
      this.log.equal("log.model", place, what, this.model, model);
    }
    if (way !== "vouched") {
      const newest = [...this.files].at(-1);
      const isThere = identityFile !== null && hex(identityFile) === newest;
      const what = "does not rest on the newest identity file before it that the officials signed";
      this.log.holds("log.identity", place, what, isThere, newest ?? "a file", identityFile ?? "none");
      return;
    }
    const signers = vouchers.map((one) => one.signer);
    const areTimely = vouchers.every((one) => isTimely(one, issuedAt));
    if (!areTimely || !this.areOfficials(signers, VOUCHERS)) return void this.refuse({ place, vouchers });
    const digestOf = ({ method, vouchedAt }) => this.scene.pollDomain.digest("Voucher", index, ballotKey, method, vouchedAt);
    this.waiting.push({ place, vouchers: vouchers.map((one) => ({ ...one, digest: digestOf(one) })) });
  }

  refuse({ place, vouchers }) {
    const count = new Set(vouchers.map((one) => hex(one.signer))).size;
    this.log.wrong("log.vouchers", place, "two officials have not vouched for it", `${VOUCHERS} officials`, BigInt(count));
  }

  /** Looks at the signatures of the credentials that wait for it, those of one official together. */
  async checkVouchers() {
    const waiting = this.waiting.splice(0);
    const all = waiting.flatMap((one) => one.vouchers);
    for (const official of this.terms.generation.panel.officials) {
      const mine = all.filter((one) => one.signer.equals(official));
      if (mine.length) await this.checkOfficial(official, mine);
    }
    for (const one of waiting) if (!one.vouchers.every((voucher) => voucher.isRight)) this.refuse(one);
  }

  /** Says of each voucher of one official whether it is right. */
  async checkOfficial(signer, vouchers) {
    if (signer.length !== PLAIN) {
      for (const one of vouchers) one.isRight = hasSigned(signer, one.digest, one.signature);
      return;
    }
    const whole = vouchers.filter((one) => one.signature.length === 65);
    const signers = await this.pool.signersOf(whole, signer);
    whole.forEach((one, i) => (one.isRight = signers[i]?.equals(signer) ?? false));
  }

  /**
   * Whatever carried a ballot was issued, in time and by the address that signed; what carried none is noted. An export answers up to when it
   * was made: an older one can be handed in by anybody who kept it.
   */
  compare(place, { addresses, madeAt }, credentials, log) {
    const until = madeAt > this.newest ? madeAt : this.newest;
    let newer = 0n;
    const answered = [...credentials.values()].filter((used) => addresses.has(used.verifier));
    const voters = new Set();
    for (const used of answered) {
      const name = lender(used.index, used.key);
      voters.add(name);
      if (!this.issued.has(name) && used.at + CLOCKS_APART >= until) {
        newer += 1n;
        continue;
      }
      const fits = ({ issuedAt, verifier }) => issuedAt <= used.at + CLOCKS_APART && (verifier === used.verifier || !used.isSingle);
      const isIssued = this.issued.get(name)?.entries.some(fits) ?? false;
      const where = `${place}: index ${used.index}, ballot key ${hex(used.key)}`;
      log.holds("log.credential", where, "a ballot on the chain rests on a credential that the log lacks", isIssued);
    }
    log.equal("void.log", place, "was made before ballots that it has to answer for: ask for a newer one", 0n, newer);
    const unused = [...this.issued].filter(([name]) => !voters.has(name)).map(([, { index }]) => index);
    log.note(`${place}: ${this.count} credentials; not used for a ballot on the chain: ${listed(unused)}`);
    return answered;
  }
}

/** Whether a voucher is by a way that there is, and of the last day before the credential; nodes and verifier may differ by minutes. */
function isTimely({ method, vouchedAt }, issuedAt) {
  const isWay = method === 1n || method === 2n; // by video or at the counter
  return isWay && vouchedAt >= issuedAt - DAY - CLOCKS_APART && vouchedAt <= issuedAt + 2n * CLOCKS_APART;
}

/** How many distinct indexes, and the lowest of them. */
function listed(indexes) {
  const distinct = [...new Set(indexes)].sort((a, b) => (a < b ? -1 : 1));
  return `${distinct.length} (${distinct.slice(0, MOST_NAMED).join(", ")}${distinct.length > MOST_NAMED ? "..." : ""})`;
}
