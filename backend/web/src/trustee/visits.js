// A trustee's four visits, without a page: from papers, file and password to what goes out.

import { canonical } from "../crypto/canonical.js";
import { envelopeOf, seedOn } from "../crypto/envelope.js";
import { CeremonyRefused, checkOwnEntry, checkPaper, checkRoll, demand, entryOf, joined, rollEntryData } from "../crypto/ceremony.js";
import { checkTranscript, complaintHolds, complaintOf, confirm, sealKeyData, signSealKey, standsIn } from "../crypto/confirmation.js";
import { deal } from "../crypto/dealing.js";
import { openKeyFile } from "../crypto/key_files.js";
import { addressOf } from "../crypto/keys.js";
import { toHex, toNumber } from "../crypto/bytes.js";
import { digestOf } from "../crypto/typed_data.js";
import { isShareOf, openingOf } from "../crypto/shares.js";
import { KEY, OPENING, openTrusteeFile, writeTrusteeFile } from "../crypto/trustee_file.js";

/** Seconds past the close after which a block of that moment is taken to be final. */
const FINAL_SECONDS = 15 * 60;

/** A visit stops for a reason of the page's own: `key` names its sentence. */
export class Stopped extends Error {
  /** @param {string} key @param {Record<string, string | number>} facts */
  constructor(key, facts = {}) {
    super(key);
    this.key = key;
    this.facts = facts;
  }
}

/** As the trustee's own tool names them: case, number of the ceremony, seat. */
const nameOf = (kind, { case: theCase, number }, seat) => `${kind}-${theCase.slice(0, 10)}-${number}-${seat}.json`;

/** Work with an opened file, whose secret is wiped afterwards. */
async function withFile(text, password, format, work) {
  const file = await openTrusteeFile(text, password, format);
  try {
    return await work(file);
  } finally {
    file.secret.fill(0);
  }
}

/** The seat's plain identity key from its key file; null when none was chosen. Throws Stopped when it is another's. */
async function identityOf(identity, signer) {
  if (!identity.text) return null;
  const key = await openKeyFile(identity.text, identity.password);
  if (signer !== undefined && addressOf(key) !== String(signer).toLowerCase()) throw new Stopped("trustee.identity_another");
  return key;
}

/**
 * Visit 1: a new key file for a seat, { text, name }, or the former one from the text of its envelope; nothing goes out before it was read back.
 * Throws Stopped, CeremonyRefused, EnvelopeNotRead.
 */
export async function take(papers, seat, password, again, envelope = "") {
  const paper = papers.the("opening");
  checkPaper(paper);
  if (!Number.isInteger(seat) || seat < 0 || seat >= paper.seats) throw new Stopped("trustee.seat_unknown", { last: paper.seats - 1 });
  if (password !== again) throw new Stopped("trustee.passwords_differ");
  const secret = envelope.trim() ? seedOn(envelope, { ceremony: paper.ceremony, seat }) : crypto.getRandomValues(new Uint8Array(32));
  const about = { case: paper.case, ceremony: paper.ceremony, chain_id: paper.chain_id, seat, format: KEY };
  try {
    return { text: await writeTrusteeFile(about, secret, password), name: nameOf("key", paper, seat) };
  } finally {
    secret.fill(0);
  }
}

/**
 * What joins the seat, from the file as it lies on the disk: { join, data, name, envelope }; `data` is to be signed elsewhere when no identity key
 * was chosen, `envelope` is the plain seed as a text.
 */
export function joinWith(papers, text, password, identity) {
  const paper = papers.the("opening");
  return withFile(text, password, KEY, async (file) => {
    demand(file.ceremony === paper.ceremony, "file_of_another_ceremony");
    const entry = entryOf(file);
    const key = await identityOf(identity, papers.count("appointed") ? papers.identities()[file.seat] : undefined);
    const data = rollEntryData(paper, entry);
    const { signature } = key ? joined(paper, entry, key) : { signature: "" };
    const join = { ...entry, ceremony: paper.ceremony, to_sign: toHex(digestOf(data)), signature };
    return { join, data: key ? null : data, name: nameOf("join", paper, file.seat), envelope: envelopeOf(file) };
  });
}

/** Visit 2: { dealing, out, text, name }; `text` is the key file that says under which roll it dealt, to be kept before the rest goes out. */
export async function dealWith(papers, text, password) {
  const [paper, joins] = [papers.the("opening"), papers.joins()];
  const rollHash = await checkRoll(paper, joins, papers.identities());
  return withFile(text, password, KEY, async (file) => {
    const dealing = { dealing: deal(paper, file, joins, rollHash), rollHash, seat: file.seat };
    const written = await writeTrusteeFile({ ...file, dealt_roll: rollHash }, file.secret, password);
    return { dealing, out: nameOf("dealing", paper, file.seat), text: written, name: nameOf("key", paper, file.seat) };
  });
}

/** Visit 3, before the words are compared: everything checked, { words, sealKey, share, seat, seal }. Throws CeremonyRefused, PaperMissing. */
export async function confirmWith(papers, text, password) {
  return withFile(text, password, KEY, async (file) => {
    const { transcript, words, sealKey, share } = await confirm(papers.shown(), file);
    const [brought] = papers.found.transcript;
    if (brought && canonical(brought) !== transcript.text) throw new Stopped("trustee.transcript_another");
    return { words, sealKey, share, seat: file.seat, seal: JSON.parse(transcript.text) };
  });
}

/** Demands that another copy of the key file holds the same seed. Throws Stopped, or as opening a file does. */
export async function checkBackup(text, backup, password) {
  const [one, other] = await Promise.all(
    [text, backup].map((each) => withFile(each, password, KEY, async (file) => toHex(file.secret) + file.seat)),
  );
  if (one !== other) throw new Stopped("trustee.backup_another");
}

/** Visit 3, after the words: { confirmation, data, out, text, name }; `text` is the opening file. */
export async function signWith(papers, { sealKey, share, seat }, password, identity) {
  const paper = papers.the("opening");
  const key = await identityOf(identity, papers.identities()[seat]);
  const about = {
    case: paper.case,
    ceremony: paper.ceremony,
    chain_id: paper.chain_id,
    seat,
    format: OPENING,
    dealt_roll: sealKey.roll_hash,
  };
  const secret = Uint8Array.from(shareBytes(share));
  const text = await writeTrusteeFile(about, secret, password);
  secret.fill(0);
  const data = sealKeyData(paper, sealKey);
  const signatures = { share: signSealKey(paper, sealKey, share), identity: key ? signSealKey(paper, sealKey, toNumber(key)) : "" };
  const confirmation = { to_sign: toHex(digestOf(data)), seat, ...signatures };
  const names = { out: nameOf("confirmation", paper, seat), name: nameOf("opening", paper, seat) };
  return { confirmation, data: key ? null : data, text, ...names };
}

const shareBytes = (share) =>
  share
    .toString(16)
    .padStart(64, "0")
    .match(/../g)
    .map((pair) => parseInt(pair, 16));

/** A wrong share proved, and the key file that says that its transport key was given up: { complaint, out, text, name }. Throws Stopped. */
export async function complainWith(papers, text, password, dealer) {
  const [paper, joins] = [papers.the("opening"), papers.joins()];
  const rollHash = await checkRoll(paper, joins, papers.identities());
  return withFile(text, password, KEY, async (file) => {
    checkOwnEntry(file, joins);
    const complaint = complaintOf(file, dealer, rollHash);
    // An unfounded one would give the key up for nothing.
    if (!complaintHolds(paper, joins, rollHash, papers.shown().dealings[dealer], complaint))
      throw new Stopped("trustee.complaint_unfounded");
    const written = await writeTrusteeFile({ ...file, given_up: true }, file.secret, password);
    return { complaint, out: nameOf("complaint", paper, file.seat), text: written, name: nameOf("key", paper, file.seat) };
  });
}

/** After the announcement: the transcript's words, once the announced key is the transcript's. Throws Stopped, CeremonyRefused, PaperMissing. */
export async function checkAnnounced(papers) {
  const shown = papers.shown();
  const { sealKey, words } = await checkTranscript(shown);
  const right = shown.joins.every(({ seat }) => standsIn(papers.announcedKey(), sealKey, seat));
  if (!right) throw new Stopped("trustee.announced_another");
  return words;
}

/** Visit 4: what opens, { share: { seat, share }, name }, not before the close is final. `now` in unix seconds. Throws Stopped, PaperMissing. */
export async function openWith(papers, text, password, now) {
  const [sealKey, closes] = [papers.announcedKey(), papers.closesAt()];
  if (Number.isNaN(closes)) throw new Stopped("trustee.closes_unknown");
  if (!(now > closes + FINAL_SECONDS)) throw new Stopped("trustee.not_closed");
  return withFile(text, password, OPENING, async (file) => {
    const share = toNumber(file.secret);
    if (!isShareOf(share, String(sealKey.share_keys?.[file.seat]))) throw new Stopped("trustee.share_of_another_poll", { seat: file.seat });
    return { share: openingOf(file.seat, share), name: `share-${file.case.slice(0, 10)}-${file.seat}.json` };
  });
}

/** The seat whose share was wrong, when that is why a confirmation was refused; null otherwise. */
export const wrongDealer = (error) =>
  error instanceof CeremonyRefused && (error.reason === "share_wrong" || error.reason === "share_too_large") ? error.seat : null;
