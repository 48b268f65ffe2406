// A trustee's four visits, without a page: from papers, file and password to what goes out.

import { canonical } from "../crypto/canonical.js";
import { CeremonyRefused, checkOwnEntry, checkPaper, checkRoll, demand, entryOf, joined, rollEntryData } from "../crypto/ceremony.js";
import { checkTranscript, complaintOf, confirm, sealKeyData, signSealKey, standsIn } from "../crypto/confirmation.js";
import { deal } from "../crypto/dealing.js";
import { openKeyFile } from "../crypto/key_files.js";
import { addressOf } from "../crypto/keys.js";
import { toHex, toNumber } from "../crypto/bytes.js";
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

const nameOf = (kind, { case: theCase, seat }) => `${kind}-${theCase.slice(2, 10)}-${seat}.json`;

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

/** Visit 1: a new key file for a seat, { text, name }; nothing goes out before it was read back. Throws Stopped, CeremonyRefused. */
export async function take(papers, seat, password, again) {
  const paper = papers.the("opening");
  checkPaper(paper);
  if (!Number.isInteger(seat) || seat < 0 || seat >= paper.seats) throw new Stopped("trustee.seat_unknown", { last: paper.seats - 1 });
  if (password !== again) throw new Stopped("trustee.passwords_differ");
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const about = { case: paper.case, ceremony: paper.ceremony, chain_id: paper.chain_id, seat, format: KEY };
  try {
    return { text: await writeTrusteeFile(about, secret, password), name: nameOf("key", about) };
  } finally {
    secret.fill(0);
  }
}

/** What joins the seat, from the file as it lies on the disk: { join, data }; `data` is to be signed elsewhere when no identity key was chosen. */
export function joinWith(papers, text, password, identity) {
  const paper = papers.the("opening");
  return withFile(text, password, KEY, async (file) => {
    demand(file.ceremony === paper.ceremony, "file_of_another_ceremony");
    const entry = entryOf(file);
    const key = await identityOf(identity, papers.count("appointed") ? papers.identities()[file.seat] : undefined);
    return { join: key ? joined(paper, entry, key) : entry, data: key ? null : rollEntryData(paper, entry) };
  });
}

/** Visit 2: { dealing, rollHash, text, name }; `text` is the key file that says under which roll it dealt, to be kept before the rest goes out. */
export async function dealWith(papers, text, password) {
  const [paper, joins] = [papers.the("opening"), papers.joins()];
  const rollHash = await checkRoll(paper, joins, papers.identities());
  return withFile(text, password, KEY, async (file) => {
    const dealing = { ...deal(paper, file, joins, rollHash), seat: file.seat };
    const written = await writeTrusteeFile({ ...file, dealt_roll: rollHash }, file.secret, password);
    return { dealing, rollHash, text: written, name: nameOf("key", file) };
  });
}

/** Visit 3, before the words are compared: everything checked, { words, sealKey, share, seat }. Throws CeremonyRefused, PaperMissing. */
export async function confirmWith(papers, text, password) {
  const shown = { paper: papers.the("opening"), joins: papers.joins(), identities: papers.identities(), dealings: papers.the("transcript").dealings };
  return withFile(text, password, KEY, async (file) => {
    const { transcript, words, sealKey, share } = await confirm(shown, file);
    if (canonical(papers.the("transcript")) !== transcript.text) throw new Stopped("trustee.transcript_another");
    return { words, sealKey, share, seat: file.seat };
  });
}

/** Demands that another copy of the key file holds the same seed. Throws Stopped, or as opening a file does. */
export async function checkBackup(text, backup, password) {
  const [one, other] = await Promise.all([text, backup].map((each) => withFile(each, password, KEY, async (file) => toHex(file.secret) + file.seat)));
  if (one !== other) throw new Stopped("trustee.backup_another");
}

/** Visit 3, after the words: { confirmation, data, text, name }; `text` is the opening file. */
export async function signWith(papers, { sealKey, share, seat }, password, identity) {
  const paper = papers.the("opening");
  const key = await identityOf(identity, papers.identities()[seat]);
  const about = { case: paper.case, ceremony: paper.ceremony, chain_id: paper.chain_id, seat, format: OPENING, dealt_roll: sealKey.roll_hash };
  const secret = Uint8Array.from(shareBytes(share));
  const text = await writeTrusteeFile(about, secret, password);
  secret.fill(0);
  const signatures = { share: signSealKey(paper, sealKey, share), ...(key ? { identity: signSealKey(paper, sealKey, toNumber(key)) } : {}) };
  return { confirmation: { seat, ...signatures }, data: key ? null : sealKeyData(paper, sealKey), text, name: nameOf("opening", about) };
}

const shareBytes = (share) => share.toString(16).padStart(64, "0").match(/../g).map((pair) => parseInt(pair, 16));

/** A wrong share proved, and the key file that says that its transport key was given up: { complaint, text, name }. */
export async function complainWith(papers, text, password, dealer) {
  const [paper, joins] = [papers.the("opening"), papers.joins()];
  const rollHash = await checkRoll(paper, joins, papers.identities());
  return withFile(text, password, KEY, async (file) => {
    checkOwnEntry(file, joins);
    const written = await writeTrusteeFile({ ...file, given_up: true }, file.secret, password);
    return { complaint: complaintOf(file, dealer, rollHash), text: written, name: nameOf("key", file) };
  });
}

/** After the announcement: the transcript's words, once the announced key is the transcript's. Throws Stopped, CeremonyRefused, PaperMissing. */
export async function checkAnnounced(papers) {
  const shown = { paper: papers.the("opening"), joins: papers.joins(), identities: papers.identities(), dealings: papers.the("transcript").dealings };
  const { sealKey, words } = await checkTranscript(shown);
  const right = shown.joins.every(({ seat }) => standsIn(papers.the("announced").seal_key, sealKey, seat));
  if (!right) throw new Stopped("trustee.announced_another");
  return words;
}

/** Visit 4: what opens, { trustee, share }, not before the close is final. `now` in unix seconds. Throws Stopped, PaperMissing. */
export async function openWith(papers, text, password, now) {
  const { seal_key: sealKey, closes_at: closesAt } = papers.the("announced");
  const closes = typeof closesAt === "number" ? closesAt : Date.parse(closesAt) / 1000;
  if (!(now > closes + FINAL_SECONDS)) throw new Stopped("trustee.not_closed");
  return withFile(text, password, OPENING, async (file) => {
    const share = toNumber(file.secret);
    if (!isShareOf(share, String(sealKey.share_keys?.[file.seat]))) throw new Stopped("trustee.share_of_another_poll", { seat: file.seat });
    return openingOf(file.seat, share);
  });
}

/** The seat whose share was wrong, when that is why a confirmation was refused; null otherwise. */
export const wrongDealer = (error) =>
  error instanceof CeremonyRefused && (error.reason === "share_wrong" || error.reason === "share_too_large") ? error.seat : null;
