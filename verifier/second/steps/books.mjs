// Books of receipts, and the notes by which the relay anchors their heads on the chain (protocol, section 11).
import { ZERO, ascii, hex, keccak } from "../bytes.mjs";
import { NOTE, noteBytes } from "../contracts.mjs";
import { NotDecodable, decode } from "../encoding/abi.mjs";
import { timeOf } from "./acts.mjs";

export const SUBJECT = Buffer.concat([ascii("receipts"), Buffer.alloc(24)]);
const NAME = "receipts.jsonl";

/** A note of the protocol by its data, which has to be written exactly so; null for anything else. */
function noteOf(data) {
  try {
    const [poll, note, previous, closed, heads] = decode(NOTE, data);
    return noteBytes(poll, note, previous, closed, heads).equals(data) ? { poll, note, previous, closed, heads } : null;
  } catch (error) {
    if (error instanceof NotDecodable) return null;
    throw error;
  }
}

/** What the relay has noted of a poll: `anchors` by book and number, and the closing note's heads (null when there is none). */
export async function readNotes(recount, { poll, events }, closesAt, log) {
  const found = { anchors: [], closed: null };
  let [number, previous] = [0n, ZERO];
  for (const event of events) {
    const data = event.values[2];
    const note = noteOf(data);
    if (!log.holds("receipts.notes", event.where, "is no note of the protocol", note !== null, NOTE, data)) continue;
    if (!note.poll.equals(poll)) continue;
    number += 1n;
    log.equal("receipts.notes", event.where, "is out of order", [number, previous], [note.note, note.previous]);
    previous = keccak(data);
    log.holds("receipts.notes", event.where, "comes after the closing note", found.closed === null);
    const rises = note.heads.every(([book], i) => i === 0 || Buffer.compare(book, note.heads[i - 1][0]) > 0);
    log.holds("receipts.notes", event.where, "books are not in ascending order", rises);
    for (const [book, last, head] of note.heads) found.anchors.push({ book: hex(book), number: last, head, where: event.where });
    if (!note.closed) continue;
    const at = await timeOf(recount, event);
    log.holds("receipts.notes", event.where, "closes the books before the poll closed", at >= closesAt, `${closesAt} or later`, at);
    found.closed = new Map(note.heads.map(([book, last, head]) => [hex(book), { number: last, head }]));
  }
  return found;
}

/** Follows the published list, which has to hold every book whole, in the order of the closing note. */
export class Books {
  constructor({ anchors, closed }, log) {
    this.closed = closed;
    this.log = log;
    this.ends = new Map();
    this.current = "";
    this.anchored = new Map();
    for (const one of anchors) {
      const key = `${one.book}/${one.number}`;
      if (one.number > 0n) this.anchored.set(key, [...(this.anchored.get(key) ?? []), one]);
    }
  }

  /** The next receipt of the list. */
  take({ fields, digest, where }) {
    const { log } = this;
    const book = hex(fields.book);
    const end = this.ends.get(book) ?? { number: 0n, head: ZERO };
    if (book !== this.current) log.holds("receipts.chain", where, "goes back to a book or leaves its order", book > this.current);
    this.current = book;
    const [expected, found] = [
      [end.number + 1n, end.head],
      [fields.number, fields.previous],
    ];
    log.equal("receipts.chain", where, "does not follow the receipt before it in its book", expected, found);
    this.ends.set(book, { number: fields.number, head: digest });
    const key = `${book}/${fields.number}`;
    for (const one of this.anchored.get(key) ?? []) {
      log.equal("receipts.chain", where, `is not the receipt that was anchored by ${one.where}`, one.head, digest);
    }
    this.anchored.delete(key);
  }

  /** The end of the list: every book ends where the relay closed it, and nothing that was anchored is gone. */
  close() {
    const { log, closed, ends } = this;
    for (const [one] of this.anchored.values()) {
      log.wrong("receipts.short", NAME, `lacks receipt ${one.number} of book ${one.book}, anchored by ${one.where}`);
    }
    if (
      !log.holds(
        "receipts.unanchored",
        "notes of the relay",
        "the relay has not closed its books on the chain",
        closed !== null,
        "a closing note",
      )
    )
      return;
    for (const [book, { number }] of ends) {
      const last = closed.get(book);
      if (!log.holds("receipts.notes", NAME, `book ${book} is not in the closing note`, last !== undefined)) continue;
      log.holds("receipts.chain", NAME, `book ${book} goes on after its close`, number <= last.number, last.number, number);
    }
  }
}
