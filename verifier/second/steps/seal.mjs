// Step 15: the key to which choices were sealed was made and confirmed by the trustees, and what they did with it (protocol, sections 21, 22).
import { hex, join, keccak, raw } from "../bytes.mjs";
import { Wrong, alike, need } from "../findings.mjs";
import { Fields, isCanonical, read } from "../files/published.mjs";
import { keyOf, rollHashOf, secretFrom } from "../math/ceremony.mjs";
import { N, Point, addressOf, expanded, isOnCurve, signerOf } from "../math/curve.mjs";
import { hasSigned, short } from "../math/signers.mjs";
import { callOf, timeOf } from "./acts.mjs";
import { checkEscrow } from "./escrow.mjs";
import { releaseOf } from "./poll_file.mjs";
import { servingSeats } from "./trustees.mjs";

const [FILE, FORM] = ["seal.json", "seal.file"];
const [POINT, SIGNATURE] = [33, 65]; // bytes
const [LEAST_SEATS, MOST_SEATS] = [2, 32]; // sums over more of them would take long

/** Everything about the key; an open poll has none. */
export async function checkSeal(recount, log) {
  const [scene, terms] = [need(recount.scene, 1), need(recount.terms, 2)];
  if (!terms.sealing) return log.note("an open poll: nothing was sealed");
  const told = async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
      return null;
    }
  };
  const seats = (await told(() => servingSeats(recount, scene, terms, log))) ?? [];
  const release = releaseOf(recount.options.releases, scene.protocol);
  await told(() => need(recount.sight, 1).checkVerifiers(release, "seal.trustees", seats, log));
  checkKey(scene, terms, seats, log);
  const others = scene.events.filter((one) => one.name === "SealedPollAnnounced" && one.values[0] !== scene.pollNumber);
  for (const event of others) await told(() => checkOther(recount, scene, terms.sealing, event, log));
  await told(() => checkTranscript(recount, scene, terms.sealing, log));
  await told(() => checkEscrow(recount, scene, terms, seats, log));
  const acts = new Acts(recount, scene, terms, log);
  const kinds = { SharePublished: "share", SealBroken: "breach", PollAbandoned: "abandoned" };
  for (const event of scene.ofPoll(...Object.keys(kinds))) await told(() => acts[kinds[event.name]](event));
  return acts.tell();
}

const keyAddress = ([x, y]) => addressOf([x, y]);

/** The announced key, and that every seat confirmed it twice. */
function checkKey(scene, { sealing, event }, seats, log) {
  const { key, keyHash, confirmations } = sealing;
  const [x, y, threshold, shareKeys] = key;
  const count = shareKeys.length;
  log.equal("seal.key", event.where, "says another key than its transaction", keyHash, event.values[3]);
  log.holds("seal.key", "seal key", "is no point of the curve", isOnCurve(x, y), "", [x, y]);
  const isDistinct = new Set(shareKeys.map(hex)).size === count && shareKeys.every((one) => one.some((byte) => byte));
  log.holds("seal.key", "seal key", "share keys are not distinct", isDistinct, "distinct keys", BigInt(count));
  const isInRange = threshold >= 2n && threshold <= BigInt(count);
  log.holds("seal.key", "seal key", "threshold is out of range", isInRange, `2 to ${count}`, threshold);
  const sizes = [count, confirmations.length].map(BigInt);
  if (!log.equal("seal.trustees", event.where, "has other seats than serve", [seats.length, seats.length].map(BigInt), sizes)) return;
  const digest = keccak(raw("0x1901"), scene.caseDomain.separator, keyHash);
  confirmations.forEach(([share, identity], seat) => {
    const isShares = hasSigned(shareKeys[seat], digest, share);
    log.holds("seal.confirmed", `seat ${seat}`, "the share did not sign the key", isShares, shareKeys[seat]);
    const isSigners = hasSigned(seats[seat], digest, identity);
    log.holds("seal.confirmed", `seat ${seat}`, "the seat's signer did not sign the key", isSigners, short(seats[seat]));
  });
  if (log.isClean) log.note(`${count} seats confirmed the key; ${threshold} of them open: ${seats.map(short).join(", ")}`);
}

/** Whoever opened the key of one poll could read the next: no other poll of the case has anything of it. Throws Wrong. */
async function checkOther(recount, scene, { key }, event, log) {
  const { inputs } = await callOf(recount, event, "announceSealedPoll", scene.case, "seal.used");
  const namesOf = ([x, y, , shareKeys, rollHash]) => [keyAddress([x, y]), ...shareKeys, rollHash].map(hex);
  const mine = new Set(namesOf(key));
  const both = namesOf(inputs[2]).filter((one) => mine.has(one));
  log.holds("seal.used", event.where, "names a key, a share key or a roll of this poll", both.length === 0, "others", both);
}

/** seal.json with its numbers as the ceremony's functions take them. Throws Wrong. */
async function readTranscript(recount) {
  const bytes = await recount.published.bytes(FILE);
  const value = read(bytes, FILE, FORM);
  if (!isCanonical(bytes, value)) throw new Wrong(FORM, FILE, "is not canonical JSON");
  const file = new Fields(value, FILE, "ceremony dealings rollHash threshold trustees", FORM);
  file.bytes("ceremony", 32);
  const threshold = Number(file.whole("threshold", 256n));
  const rollHash = file.bytes("rollHash", 32);
  const seats = file.list("trustees").length;
  if (seats < LEAST_SEATS || seats > MOST_SEATS)
    throw new Wrong(FORM, FILE, "has a number of seats that no ceremony has", `${LEAST_SEATS} to ${MOST_SEATS}`, BigInt(seats));
  const trustees = file.list("trustees").map((one, seat) => {
    const row = new Fields(one, `${FILE} seat ${seat}`, "key seat transport", FORM);
    [row.bytes("key", 20), row.bytes("transport", POINT)].every(Boolean);
    if (row.whole("seat", 256n) !== BigInt(seat)) row.fail("seat", "is out of its order", String(seat));
    return { ...one, seat };
  });
  for (const [seat, one] of file.list("dealings").entries()) {
    const row = new Fields(one, `${FILE} dealing ${seat}`, "commitments possession shares signature", FORM);
    for (const [key, length] of [
      ["commitments", POINT],
      ["shares", 32],
    ])
      row.list(key).forEach((part) => row.bytesIn(key, part, length)); // prettier-ignore
    [row.bytes("possession", SIGNATURE), row.bytes("signature", SIGNATURE)].every(Boolean);
  }
  return { transcript: { ...value, threshold, trustees }, hash: keccak(bytes), rollHash };
}

/** seal.json is the transcript that was announced, and the key follows from it. Throws Wrong. */
async function checkTranscript(recount, scene, { key }, log) {
  const { transcript, hash, rollHash } = await readTranscript(recount);
  const [x, y, threshold, shareKeys, announcedRoll, announcedHash] = key;
  const name = "seal.transcript";
  log.equal(name, FILE, "has another hash than was announced", announcedHash, hash);
  const found = rollHashOf(transcript, scene.case, scene.chainId);
  log.equal(name, FILE, "its roll hash is not that of its roll", found, rollHash);
  log.equal(name, FILE, "is of another roll than was announced", announcedRoll, found);
  const said = [transcript.threshold, transcript.trustees.length].map(BigInt);
  log.equal(name, FILE, "has another threshold or other seats than were announced", [threshold, BigInt(shareKeys.length)], said);
  const made = keyOf({ ...transcript, rollHash: hex(found) }, scene.case, scene.chainId);
  if (made.wrong !== undefined && made.wrong !== "infinity" && made.wrong !== "share keys") {
    log.wrong("seal.dealing", `${FILE} dealing ${made.seat ?? ""}`, `its ${made.wrong} are not right`);
    return;
  }
  const right = made.wrong === undefined && alike([made.key, made.shareKeys], [[x, y], shareKeys]);
  if (log.holds("seal.key", FILE, "its commitments come to another key or other share keys", right, [x, y], made.key ?? made.wrong))
    log.note(`the key follows from ${transcript.dealings.length} dealings; transcript ${hex(hash)}`);
}

/** Shares that were published, a breach, an abandonment: each as the contract had to allow it. */
class Acts {
  constructor(recount, scene, terms, log) {
    this.recount = recount;
    this.scene = scene;
    this.terms = terms;
    this.log = log;
    this.shares = new Map();
  }

  async share(event) {
    const { log, terms, scene } = this;
    const name = "seal.share";
    const { inputs } = await callOf(this.recount, event, "publishShare", scene.poll, name);
    const [seat, share] = inputs;
    log.equal(name, event.where, "says another share than its transaction", inputs, event.values);
    const at = await timeOf(this.recount, event);
    log.holds(name, event.where, "was published before the close", at >= terms.closesAt, `${terms.closesAt} or later`, at);
    log.holds(name, event.where, "was published before", !this.shares.has(Number(seat)), "", seat);
    const shareKeys = terms.sealing.key[3];
    const isNumber = seat < BigInt(shareKeys.length) && share > 0n && share < N;
    const { x, y } = isNumber ? Point.BASE.multiply(share).toAffine() : { x: 0n, y: 0n };
    const right = isNumber && addressOf([x, y]).equals(shareKeys[Number(seat)]);
    if (log.holds(name, event.where, "is not the seat's share", right, "", seat)) this.shares.set(Number(seat), share);
  }

  async breach(event) {
    const { log, terms, scene } = this;
    const name = "seal.breach";
    const { inputs } = await callOf(this.recount, event, "reportBreach", scene.poll, name);
    log.equal(name, event.where, "was reported more than once", 1n, BigInt(scene.ofPoll("SealBroken").length));
    const at = await timeOf(this.recount, event);
    log.equal(name, event.where, "says another time than its block", at, event.values[0]);
    log.holds(name, event.where, "was reported after the close", at < terms.closesAt, `before ${terms.closesAt}`, at);
    const signer = signerOf(scene.pollDomain.digest("SealBreach"), expanded(join(...inputs)));
    const right = keyAddress(terms.sealing.key);
    if (!log.equal(name, event.where, "is not signed by the secret of the key", right, signer)) return;
    log.note("a breach was reported before the close: shares had been put together; nothing follows from it by itself");
    this.recount.beside.push("a breach of the seal was reported before the close / 截止前有人证明密钥已被合成");
  }

  async abandoned(event) {
    const { log, terms, scene } = this;
    const name = "seal.abandoned";
    const { transaction, inputs } = await callOf(this.recount, event, "abandonPoll", scene.case, name);
    const [number, reason, signers, signatures] = inputs;
    log.equal(name, event.where, "says another reason than its transaction", [reason], event.values);
    log.equal(name, transaction.where, "abandons another poll", scene.pollNumber, number);
    log.holds(
      name,
      transaction.where,
      "gives no reason",
      reason.some((one) => one),
    );
    log.equal(name, event.where, "was abandoned more than once", 1n, BigInt(scene.ofPoll("PollAbandoned").length));
    const [due, at] = [terms.closesAt + terms.sealing.abandonAfter, await timeOf(this.recount, event)];
    log.holds(name, event.where, "was abandoned before it was overdue", at >= due, `${due} or later`, at);
    log.holds(name, event.where, "was abandoned although it has a result", !scene.ofPoll("MotionsTallied").length);
    const { panel, domain } = terms.generation;
    const digest = domain.digest("PollAbandonment", number, reason);
    panel.signed(name, digest, signers, signatures, log, `abandonment in ${transaction.where}`);
    this.recount.beside.push("the poll was abandoned and has no result / 本次表决已宣告放弃，没有结果");
  }

  /** Who opened; the shares of enough seats give the secret that was handed in. */
  tell() {
    const { log, shares, terms } = this;
    const [, , threshold, shareKeys] = terms.sealing.key;
    const absent = [...shareKeys.keys()].filter((seat) => !shares.has(seat));
    const opened = [...shares.keys()].sort((a, b) => a - b);
    log.note(`shares were published by seats: ${opened.join(", ") || "none"}; not by: ${absent.join(", ") || "none"}`);
    const secret = this.recount.count?.secret;
    if (!secret || BigInt(shares.size) < threshold) return;
    const chosen = /** @type {[number, bigint][]} */ (opened.slice(0, Number(threshold)).map((seat) => [seat, shares.get(seat)]));
    log.holds("seal.share", "published shares", "do not give the secret that was handed in", secretFrom(chosen) === secret);
  }
}
