// A verifier's log about one poll, from a file that somebody handed in (protocol, section 15.1): entries, one a line, and the verifier's
// statement on where they end. What a holder of the file could have changed alone makes it a void paper; the rest is the verifier's word.
import { statSync } from "node:fs";
import { ZERO, ascii, hex, keccak } from "../bytes.mjs";
import { StepLog, Wrong } from "../findings.mjs";
import { canonical } from "../json.mjs";
import { signerOf } from "../math/curve.mjs";
import { ENOUGH, lineGroups } from "./lines.mjs";
import { Fields, NotThere, asLongAsSaid, isCanonical, read } from "./published.mjs";

const [VOID, FORM, CHAIN] = ["void.log", "log.form", "log.chain"];
const [MOST, MOST_LINE] = [2 ** 30, 2 ** 24]; // bytes
const MOMENT = /^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const STATEMENT = ascii("LenderVote/1/statement");
/** What an entry must have, by its kind; other kinds say what a recount does not look at. */
const KEYS = new Map([
  ["roots", "case poll_number fingerprint announced organisations one_node"],
  ["identity_file", "file_hash register_number signers signatures"],
  ["face_model", "model"],
  ["credential", "index ballot_key issued_at expires_at way verifier"],
]);

/** The lines of a file, some at a time. Throws Wrong: the paper is void. */
export async function* linesOf(path, place) {
  try {
    const found = statSync(path);
    // A link to a device has no end, and a pipe no beginning.
    if (!found.isFile()) throw new Wrong(VOID, place, "is no file", "a file", "something else under its name");
    if (found.size > MOST) throw new Wrong(VOID, place, "is too long", `at most ${MOST} bytes`, BigInt(found.size));
    yield* lineGroups(asLongAsSaid(path), { finding: VOID, place, most: MOST_LINE, mayEndOpen: true });
  } catch (error) {
    // A path with a zero byte is no path.
    if (!(error instanceof NotThere) && error.syscall === undefined && error.code !== "ERR_INVALID_ARG_VALUE") throw error;
    throw new Wrong(VOID, place, "cannot be read", "a log", error);
  }
}

/**
 * Hands every entry { place, kind, fields } to `take`, in its order, and returns the addresses by which the verifier signs credentials, as
 * hex, and when it signed how far the log goes (madeAt, seconds since 1970). Nothing that was handed out counts when it throws Wrong: then the paper is void, or a line of the verifier's is no entry at all.
 */
export async function readLog(groups, { place, poll, verifiers }, log, take) {
  const entries = new Entries(place, poll);
  let last = null;
  for await (const lines of groups) {
    for (const line of lines) {
      const entry = last && entries.next(last);
      if (entry) await take(entry);
      last = line;
    }
  }
  const value = statementOf(last ?? Buffer.alloc(0), { place, poll, verifiers });
  entries.endAt(value.head);
  const found = { addresses: addressesOf(value, verifiers, place), madeAt: madeAtOf(value, place) };
  log.equal(CHAIN, place, "has another number of entries than its statement says", value.count, BigInt(entries.count));
  log.append(entries.log);
  return found;
}

/** The last line: the verifier's signed word on where its log about this poll ends (section 14). Throws Wrong: the paper is void. */
function statementOf(line, { place, poll, verifiers }) {
  const value = read(line, place, VOID);
  const fields = new Fields(value, place, "kind poll addresses count head made_at verifier signature", VOID, false);
  const about = [value.kind, value.poll];
  if (about[0] !== "log" || about[1] !== hex(poll))
    throw new Wrong(VOID, place, "does not end with a statement about this poll's log", ["log", poll], about);
  const verifier = fields.bytes("verifier", 20);
  if (!verifiers.some((one) => one.equals(verifier)))
    throw new Wrong(VOID, place, "is by none of the poll's verifiers", verifiers, verifier);
  fields.bytes("head", 32);
  const { signature: _, ...unsigned } = value;
  const signer = signerOfText(unsigned, fields.bytes("signature", 65));
  if (!signer?.equals(verifier))
    throw new Wrong(VOID, place, "its statement is not signed by the verifier that it names", verifier, signer ?? "nobody");
  return value;
}

function signerOfText(value, signature) {
  const content = canonical(value);
  return content && signerOf(keccak(STATEMENT, content), signature);
}

/**
 * The poll's addresses for which the log answers: the verifier's own, and those that signed for themselves; whoever could name another
 * verifier's would have that one's credentials looked for in a log that cannot have them. Throws Wrong.
 */
function addressesOf(value, verifiers, place) {
  const form = new Fields(value, place, "addresses", FORM, false);
  const addresses = form.list("addresses").map((one) => form.bytesIn("addresses", one, 20));
  const found = new Set([value.verifier]);
  if (!("address_signatures" in value)) return found;
  const { signature: _, address_signatures: signatures, ...said } = value;
  const fields = new Fields(value, place, "address_signatures", VOID, false);
  if (fields.list("address_signatures").length !== addresses.length)
    throw new Wrong(VOID, place, "has not one signature for each address", BigInt(addresses.length), BigInt(signatures.length));
  for (const [i, address] of addresses.entries()) {
    if (!verifiers.some((one) => one.equals(address)) || found.has(hex(address))) continue;
    const signer = signerOfText(said, fields.bytesIn("address_signatures", signatures[i], 65));
    if (!signer?.equals(address))
      throw new Wrong(VOID, place, "names an address that has not signed for itself", address, signer ?? "nobody");
    found.add(hex(address));
  }
  return found;
}

/** Throws Wrong, of the verifier's word. */
function madeAtOf(value, place) {
  const said = new Fields(value, place, "made_at", FORM, false).text("made_at");
  const time = MOMENT.test(said) ? Date.parse(said) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString() !== said.replace("Z", ".000Z"))
    throw new Wrong(FORM, place, "its statement does not say when it was made", "a moment such as 2026-09-28T14:14:20Z", said);
  return BigInt(time / 1_000);
}

/** Follows the chain of a poll's entries forwards, and names what is wrong as if from its end: what comes last hides what is before it. */
class Entries {
  constructor(place, poll) {
    this.place = place;
    this.poll = hex(poll);
    this.log = new StepLog(13);
    this.count = 0;
    this.end = hex(ZERO);
    this.problem = null;
    this.unreadable = 0;
  }

  /** The entry of the next line; null when it cannot be read, which is noted. */
  next(line) {
    this.count += 1;
    if (line.length === 0) throw new Wrong(VOID, this.place, "has an empty line", "an entry in each line", "nothing");
    try {
      const value = this.read(line);
      this.link(value, line);
      return this.entryOf(value, line);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.problem = error;
      if (this.unreadable === ENOUGH)
        throw new Wrong(VOID, this.place, "has many lines that are no entries", `less than ${ENOUGH}`, "more");
      return null;
    } finally {
      this.end = hex(keccak(line));
    }
  }

  /** A line as JSON; those that are none are counted. Throws Wrong. */
  read(line) {
    try {
      return read(line, this.place, FORM);
    } catch (error) {
      this.unreadable += 1;
      throw error;
    }
  }

  link(value, line) {
    const before = value !== null && typeof value === "object" ? value.poll_prev : undefined;
    if (typeof before !== "string")
      throw new Wrong(FORM, this.place, "an entry does not say what stood before it", "poll_prev", line.subarray(0, 200));
    if (before === this.end) return;
    this.problem =
      this.count === 1
        ? new Wrong(VOID, this.place, "does not begin with the log's first entry", ZERO, before)
        : new Wrong(VOID, this.place, "an entry is not the one that the log goes on from", before, this.end);
  }

  /** Throws the chain's last problem. */
  endAt(head) {
    if (this.end !== head) throw new Wrong(VOID, this.place, "an entry is not the one that the log goes on from", head, this.end);
    if (this.problem) throw this.problem;
  }

  /** The entry in its place; null, with a finding, when it is none. */
  entryOf(value, line) {
    const place = `${this.place} line ${this.count}`;
    const { log } = this;
    if (!log.holds(FORM, place, "is no canonical JSON object", isCanonical(line, value), "sorted keys, no spaces", line.subarray(0, 200)))
      return null;
    log.equal(CHAIN, place, "is out of its place", BigInt(this.count), value.poll_seq);
    log.equal(CHAIN, place, "is about another poll", this.poll, value.poll);
    const { kind } = value;
    if (!log.holds(FORM, place, "does not say what it is", typeof kind === "string", "kind", kind)) return null;
    try {
      return { place, kind, fields: new Fields(value, place, KEYS.get(kind) ?? "kind", FORM, false) };
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
      return null;
    }
  }
}

/** What a `credential` says, and on which vouchers or identity file it rests. Throws Wrong. */
export function issuedOf({ place, fields }) {
  const way = fields.text("way");
  const isVouched = way === "vouched" && "vouchers" in fields.value;
  const isFiled = !isVouched && "identity_file" in fields.value;
  const vouchers = isVouched ? fields.list("vouchers").map((one) => voucherOf(one, place)) : [];
  const identityFile = isFiled ? fields.bytes("identity_file", 32) : null;
  const [index, issuedAt] = [fields.whole("index", 2n ** 256n), fields.whole("issued_at", 2n ** 64n)];
  fields.whole("expires_at", 2n ** 64n);
  const [ballotKey, verifier] = ["ballot_key", "verifier"].map((key) => fields.bytes(key, 20));
  const model = "model" in fields.value ? fields.text("model") : "";
  return { place, way, index, ballotKey, issuedAt, verifier, vouchers, identityFile, model };
}

function voucherOf(value, place) {
  const fields = new Fields(value, place, "signer method vouched_at signature", FORM, false);
  return {
    signer: fields.anyBytes("signer"),
    method: fields.whole("method", 256n),
    vouchedAt: fields.whole("vouched_at", 2n ** 64n),
    signature: fields.anyBytes("signature"),
  };
}
