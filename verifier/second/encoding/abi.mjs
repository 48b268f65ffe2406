// The Solidity ABI, as far as the two contracts use it: a decoder that reads what a contract reads from the input of a call.
//
// Whoever sends a transaction chooses where in it the parts lie: behind gaps, over each other, before the place that points at them. A
// recount that refused what the contract took could be spoiled by any sender. What a contract refuses is refused here as well: parts that
// do not fit the data, numbers that do not fit their type. Every part is a view into the data, so nothing grows beyond it.
import { number } from "../bytes.mjs";

const LARGEST_OFFSET = 2n ** 64n;
const MOST_PARTS = 64; // of a list of parts: the contracts take 32 signers or seats, and parts that lie over each other could fill the memory

/** The bytes are no encoding of the type. */
export class NotDecodable extends Error {}

/** The members of a type list "(a,b,...)", minding parentheses. */
function membersOf(text) {
  const found = [];
  let [depth, start] = [0, 1];
  for (let place = 1; place < text.length; place++) {
    const sign = text[place];
    if (depth === 0 && (sign === "," || place === text.length - 1)) {
      if (place > start) found.push(text.slice(start, place));
      start = place + 1;
    }
    depth += { "(": 1, ")": -1 }[sign] ?? 0;
  }
  return found;
}

const known = new Map();

/** A type by its text: kind, members or item, whether it is dynamic, and the bytes it takes in its container's head. */
export function typeOf(text) {
  if (!known.has(text)) known.set(text, parsed(text));
  return known.get(text);
}

function parsed(text) {
  if (text.endsWith("[]")) return { kind: "list", item: typeOf(text.slice(0, -2)), isDynamic: true, head: 32 };
  if (text === "bytes") return { kind: "bytes", isDynamic: true, head: 32 };
  if (!text.startsWith("(")) return { kind: text, bits: bitsOf(text), isDynamic: false, head: 32 };
  const members = membersOf(text).map(typeOf);
  const isDynamic = members.some((one) => one.isDynamic);
  const inner = members.reduce((sum, one) => sum + one.head, 0);
  return { kind: "tuple", members, isDynamic, inner, head: isDynamic ? 32 : inner };
}

const bitsOf = (kind) => ({ bool: 1n, address: 160n, bytes32: 256n })[kind] ?? BigInt(/^uint(\d+)$/.exec(kind)[1]);

function wordAt(data, place) {
  if (place < 0 || place + 32 > data.length) throw new NotDecodable(`the data of ${data.length} bytes ends before byte ${place + 32}`);
  return data.subarray(place, place + 32);
}

function scalar(type, bytes) {
  if (type.kind === "bytes32") return bytes;
  const value = number(bytes);
  if (value >> type.bits) throw new NotDecodable(`${value} does not fit ${type.kind}`);
  if (type.kind === "address") return bytes.subarray(12);
  return type.kind === "bool" ? value === 1n : value;
}

/** A length at a place, when so many items of that size fit behind it. */
function lengthAt(data, place, size) {
  const length = number(wordAt(data, place));
  if (length > BigInt(data.length) || place + 32 + Number(length) * size > data.length) {
    throw new NotDecodable(`${length} items do not fit ${data.length} bytes`);
  }
  return Number(length);
}

function valueAt(type, data, place) {
  if (type.kind === "tuple") return row(type.members, data, place, true);
  if (type.kind === "bytes") return data.subarray(place + 32, place + 32 + lengthAt(data, place, 1));
  if (type.kind !== "list") return scalar(type, wordAt(data, place));
  const length = lengthAt(data, place, type.item.head);
  if (type.item.isDynamic && length > MOST_PARTS) throw new NotDecodable(`a list of ${length} is longer than any that a contract takes`);
  return row(new Array(length).fill(type.item), data, place + 32, true);
}

/** Where a dynamic part lies: offsets of the call's own parts are counted forward, those of parts within parts either way. */
function target(data, place, base, isNested) {
  let offset = number(wordAt(data, place));
  if (isNested && offset >> 255n) offset -= 2n ** 256n;
  const start = BigInt(base) + offset;
  if ((!isNested && offset >= LARGEST_OFFSET) || start < 0n || start > BigInt(data.length)) throw new NotDecodable("a part lies outside");
  return Number(start);
}

function row(types, data, base, isNested) {
  let place = base;
  return types.map((type) => {
    const value = valueAt(type, data, type.isDynamic ? target(data, place, base, isNested) : place);
    place += type.head;
    return value;
  });
}

/**
 * The values of a type list "(a,b,...)" that begins at a place of the data: numbers as BigInt, bool as such, bytes32, address and bytes as
 * bytes, lists and tuples as arrays. Throws NotDecodable.
 */
export const decode = (text, data, start = 0) => row(typeOf(text).members, data, start, false);
