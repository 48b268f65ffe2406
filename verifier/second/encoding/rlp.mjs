// RLP (Yellow Paper, appendix B): an item is bytes or a list of items; there is one way to write it.
import { number } from "../bytes.mjs";

const DEEPEST = 64; // lists within lists; nothing on a chain is half as deep

/** The bytes are no RLP, or not in its one writing. */
export class NotRlp extends Error {}

function headOf(length, base) {
  if (length < 56) return Buffer.of(base + length);
  const digits = length.toString(16);
  const size = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.of(base + 55 + size.length), size]);
}

/** The encoding of bytes or of a list of items. */
export function encode(item) {
  if (Array.isArray(item)) {
    const inside = Buffer.concat(item.map(encode));
    return Buffer.concat([headOf(inside.length, 0xc0), inside]);
  }
  return item.length === 1 && item[0] < 0x80 ? item : Buffer.concat([headOf(item.length, 0x80), item]);
}

/** Where the content of the item at a place lies. */
function span(data, place, end) {
  if (place >= end) throw new NotRlp("an item is missing");
  const first = data[place];
  if (first < 0x80) return { isList: false, from: place, to: place + 1 };
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  let from = place + 1;
  let length = short;
  if (short > 55) {
    const size = data.subarray(from, from + short - 55);
    const stated = number(size);
    if (size.length !== short - 55 || size[0] === 0 || stated < 56n) throw new NotRlp("a length is not in its shortest writing");
    [from, length] = [from + size.length, stated > BigInt(data.length) ? Infinity : Number(stated)];
  }
  if (from + length > end) throw new NotRlp("an item does not fit");
  if (!isList && length === 1 && data[from] < 0x80) throw new NotRlp("a small byte is not written as itself");
  return { isList, from, to: from + length };
}

function items(data, from, to, depth) {
  if (depth > DEEPEST) throw new NotRlp("lists lie too deep");
  const found = [];
  for (let place = from; place < to; ) {
    const one = span(data, place, to);
    found.push(one.isList ? items(data, one.from, one.to, depth + 1) : data.subarray(one.from, one.to));
    place = one.to;
  }
  return found;
}

/** The item that the bytes encode, nothing left over; bytes are views. Throws NotRlp. */
export function decode(data) {
  const [item, ...more] = items(data, 0, data.length, 0);
  if (item === undefined || more.length) throw new NotRlp("is not one item");
  return item;
}

/** A whole number as RLP has it: without leading zeros. */
export function digits(value) {
  if (value === 0n) return Buffer.alloc(0);
  const text = value.toString(16);
  return Buffer.from(text.padStart(text.length + (text.length % 2), "0"), "hex");
}
