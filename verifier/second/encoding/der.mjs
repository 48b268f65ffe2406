// DER (X.690), as much as stamps and certificates need, and no other way of writing the same.
export class NotDer extends Error {}

export const TAGS = { boolean: 1, integer: 2, octets: 4, oid: 6, time: 0x18, sequence: 0x30, set: 0x31 };
const FEW = 4; // bytes of a length

/** One item. */
class Item {
  constructor(tag, content, whole) {
    this.tag = tag;
    this.content = content;
    this.whole = whole;
  }

  /** What stands in it. Throws NotDer. */
  items() {
    return new Items(this.content);
  }
}

/** The items that stand one behind the other. Throws NotDer. */
function itemsOf(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const { length, start } = lengthAt(bytes, at + 1);
    if ((bytes[at] & 31) === 31) throw new NotDer("a tag of several bytes");
    if (start + length > bytes.length) throw new NotDer("an item that is cut off");
    found.push(new Item(bytes[at], bytes.subarray(start, start + length), bytes.subarray(at, start + length)));
    at = start + length;
  }
  return found;
}

function lengthAt(bytes, at) {
  const first = bytes[at];
  if (first === undefined) throw new NotDer("an item that is cut off");
  if (first < 128) return { length: first, start: at + 1 };
  const count = first & 127;
  const digits = bytes.subarray(at + 1, at + 1 + count);
  if (count === 0 || count > FEW || digits.length < count) throw new NotDer("a length that is none");
  const length = digits.readUIntBE(0, count);
  if (digits[0] === 0 || length < 128) throw new NotDer("a length that is not written in the shortest way");
  return { length, start: at + 1 + count };
}

/** Reads the items of one list from left to right. */
export class Items {
  constructor(bytes) {
    this.left = itemsOf(bytes);
  }

  /** The only item there is, which has that tag. Throws NotDer. */
  static only(bytes, tag) {
    const found = new Items(bytes);
    const item = found.take(tag);
    found.end();
    return item;
  }

  is(tag) {
    return this.left[0]?.tag === tag;
  }

  /** The next item, which has that tag. Throws NotDer. */
  take(tag) {
    if (!this.is(tag)) throw new NotDer(`no item of tag ${tag}`);
    return this.left.shift();
  }

  /** The items of the next list. */
  list(tag = TAGS.sequence) {
    return this.take(tag).items();
  }

  /** The next item where it has that tag. */
  optional(tag) {
    return this.is(tag) ? this.left.shift() : null;
  }

  /** An object's number in dots. */
  oid() {
    return dotted(this.take(TAGS.oid).content);
  }

  /** A whole number, not below zero, in its shortest way of writing. */
  whole() {
    const { content } = this.take(TAGS.integer);
    const isShort = content.length > 0 && !(content.length > 1 && content[0] === 0 && content[1] < 128);
    if (!isShort || content[0] > 127) throw new NotDer("a number that is none, or below zero");
    return BigInt("0x" + content.toString("hex"));
  }

  /** All that are left. */
  rest() {
    return this.left.splice(0);
  }

  end() {
    if (this.left.length) throw new NotDer("more than there should be");
  }
}

function dotted(content) {
  if (!content.length || content.at(-1) > 127) throw new NotDer("an object's number that is none");
  const numbers = [];
  let number = 0n;
  for (const byte of content) {
    if (number === 0n && byte === 128) throw new NotDer("an object's number that is not written in the shortest way");
    number = (number << 7n) | BigInt(byte & 127);
    if (byte < 128) {
      numbers.push(number);
      number = 0n;
    }
  }
  const [joint] = numbers;
  const first = joint < 80n ? joint / 40n : 2n;
  return [first, joint - 40n * first, ...numbers.slice(1)].join(".");
}

/** The seconds since 1970 of a GeneralizedTime in UTC; a fraction of at most nine digits is cut off. Throws NotDer. */
export function secondsOf(content) {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{0,8}[1-9])?Z$/.exec(content.toString("latin1"));
  if (!parts) throw new NotDer("a time that is none");
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years from 0 to 99 for those of another century
  at.setUTCHours(hour, minute, second);
  const same = year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!same) throw new NotDer("a time that there is not");
  return BigInt(at.getTime() / 1000);
}
