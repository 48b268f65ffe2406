// JSON as protocol section 12 allows it: UTF-8, whole numbers of any size, every key once; and canonical JSON (section 7).

const DEEPEST = 100;
const MOST_DIGITS = 4_000; // far beyond any number of the protocol
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const PLAIN = /[^\u0000-\u001f"\\]*/y;
const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const ESCAPED = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS = { true: true, false: false, null: null };

/** The text is not JSON as it is allowed here. */
export class NotJson extends Error {}

/** One reading of a text, from left to right. */
class Reading {
  constructor(text) {
    this.text = text;
    this.place = 0;
  }

  match(pattern) {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.place += found.length;
    return found;
  }

  fail(what) {
    throw new NotJson(`${what} at character ${this.place}`);
  }

  /** Whether the next sign, behind blanks, is this one; it is taken then. */
  takes(sign) {
    this.match(BLANK);
    if (this.text[this.place] !== sign) return false;
    this.place += 1;
    return true;
  }

  needs(sign) {
    if (!this.takes(sign)) this.fail(`no ${sign}`);
  }

  value(depth) {
    if (depth > DEEPEST) this.fail("too deep");
    if (this.takes("{")) return this.object(depth);
    if (this.takes("[")) return this.list(depth);
    if (this.takes('"')) return this.string();
    for (const [name, value] of Object.entries(WORDS)) {
      if (this.text.startsWith(name, this.place)) return ((this.place += name.length), value);
    }
    const digits = this.match(NUMBER);
    if (!digits || digits.length > MOST_DIGITS) this.fail("no value, or a number that is not whole");
    return BigInt(digits);
  }

  object(depth) {
    const found = Object.create(null);
    if (this.takes("}")) return found;
    do {
      this.needs('"');
      const key = this.string();
      if (key in found) this.fail(`the key ${JSON.stringify(key)} stands twice`);
      this.needs(":");
      found[key] = this.value(depth + 1);
    } while (this.takes(","));
    this.needs("}");
    return found;
  }

  list(depth) {
    const found = [];
    if (this.takes("]")) return found;
    do found.push(this.value(depth + 1));
    while (this.takes(","));
    this.needs("]");
    return found;
  }

  string() {
    let found = this.match(PLAIN);
    while (this.text[this.place] === "\\") found += this.escape() + this.match(PLAIN);
    if (this.text[this.place] !== '"') this.fail("a text that does not end, or holds a control character");
    this.place += 1;
    return found;
  }

  escape() {
    const sign = this.text[this.place + 1];
    this.place += 2;
    if (sign in ESCAPED) return ESCAPED[sign];
    const digits = this.text.slice(this.place, this.place + 4);
    if (sign !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("an escape that there is not");
    this.place += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}

/** The value of JSON bytes: objects without prototype, numbers as BigInt. Throws NotJson. */
export function parse(bytes) {
  let text;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new NotJson("is not UTF-8");
  }
  const reading = new Reading(text);
  const value = reading.value(0);
  reading.match(BLANK);
  if (reading.place !== text.length) reading.fail("something behind the value");
  return value;
}

/** Compares texts by code point, which JavaScript's own order is not beyond U+FFFF; the order of their UTF-8 is. */
const byCodePoint = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A value as canonical JSON text; numbers may be BigInt, or Number where they are whole. */
export function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort(byCodePoint);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${written(value[key])}`).join(",")}}`;
  }
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

const hasHalves = (value) =>
  typeof value === "string"
    ? !value.isWellFormed()
    : value !== null && typeof value === "object" && Object.entries(value).some((pair) => pair.some(hasHalves));

/** A value's canonical JSON as bytes; null for text that UTF-8 cannot carry (half of a pair of surrogates). */
export const canonical = (value) => (hasHalves(value) ? null : Buffer.from(written(value), "utf8"));
