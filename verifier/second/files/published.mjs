// The published files, read strictly (protocol, section 12). Whatever a file says wrongly is thrown as Wrong with file and field.
import { createReadStream, existsSync, statSync } from "node:fs";
import { join as path } from "node:path";
import { keccak, raw } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";
import { NotJson, canonical, parse } from "../json.mjs";
import { lineGroups } from "./lines.mjs";

/** The finding's name for whatever one of the files says wrongly. */
export const FINDINGS = {
  "poll.json": "poll.file",
  "seal.json": "seal.file",
  "escrow.json": "seal.escrow",
  "leaves.csv": "register.leaves",
  "register.json": "register.file",
  "range_proofs.bin": "ranges.file",
  "sample.json": "sample.file",
  "conditions.json": "conditions.file",
  "sample_proofs.bin": "sample.file",
  "plan.json": "plan.form",
  "plan.pdf": "plan.pdf",
  "receipts.jsonl": "receipts.form",
  "result.json": "result.file",
  "stamps.jsonl": "stamps.file",
};
const MOST_JSON = 2 ** 24; // bytes
const MOST_PDF = 2 ** 28;
const MOST_LINE = 2 ** 12;

/** The value of JSON bytes. Throws Wrong of that finding. */
export function read(bytes, place, finding) {
  try {
    return parse(bytes);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new Wrong(finding, place, "is not readable as JSON", "UTF-8, whole numbers, every key once", error);
  }
}

/** The keccak of a value's canonical JSON. Throws Wrong of that finding for text that UTF-8 cannot carry. */
export function hashOf(value, place, finding) {
  const bytes = canonical(value);
  if (bytes === null) throw new Wrong(finding, place, "holds text that UTF-8 cannot carry");
  return keccak(bytes);
}

export const isCanonical = (bytes, value) => canonical(value)?.equals(bytes) ?? false;

/** Whether a text has nothing that could be read. */
export const isBlank = (text) => /^\p{White_Space}*$/u.test(text);

/** A JSON object with the expected keys, and when `isExact` no others; its getters throw Wrong with the field's place. */
export class Fields {
  constructor(value, place, keys, finding, isExact = true) {
    const names = keys.split(" ").sort();
    const expected = names.join(" ");
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new Wrong(finding, place, "is no object", "an object", value);
    const found = Object.keys(value).sort().join(" ");
    const fits = isExact ? found === expected : names.every((key) => key in value);
    if (!fits) throw new Wrong(finding, place, "has other fields", expected, found);
    this.value = value;
    this.place = place;
    this.finding = finding;
  }

  fail(key, what, expected) {
    throw new Wrong(this.finding, `${this.place}: ${key}`, what, expected, this.value[key]);
  }

  /** A whole number, 0 <= it < below. */
  whole(key, below) {
    const value = this.value[key];
    if (typeof value !== "bigint" || value < 0n || value >= below)
      this.fail(key, "is no whole number in range", "0 or more, within its range");
    return value;
  }

  flag(key) {
    if (typeof this.value[key] !== "boolean") this.fail(key, "is neither true nor false", "true or false");
    return this.value[key];
  }

  text(key) {
    return this.textIn(key, this.value[key]);
  }

  textIn(key, value) {
    if (typeof value !== "string") this.fail(key, "is no text", "text");
    return value;
  }

  list(key) {
    if (!Array.isArray(this.value[key])) this.fail(key, "is no list", "a list");
    return this.value[key];
  }

  /** Lower-case hex with 0x, of so many bytes. */
  bytes(key, length) {
    return this.bytesIn(key, this.value[key], length);
  }

  bytesIn(key, value, length) {
    const found = raw(value);
    if (found?.length !== length || value !== value.toLowerCase())
      this.fail(key, "is no hex", `0x and ${2 * length} lower-case hex digits`);
    return found;
  }

  /** Lower-case hex with 0x, of whole bytes. */
  anyBytes(key) {
    return this.anyBytesIn(key, this.value[key]);
  }

  anyBytesIn(key, value) {
    const found = raw(value);
    if (found === null || value !== value.toLowerCase()) this.fail(key, "is not hex", "0x and lower-case hex digits");
    return found;
  }

  /** A 256-bit number in hex with 0x. */
  hexNumber(key) {
    const value = this.value[key];
    if (typeof value !== "string" || !/^0x[0-9a-f]{1,64}$/.test(value))
      this.fail(key, "is no number in hex", "0x and 1 to 64 lower-case hex digits");
    return BigInt(value);
  }

  inner(key, place, keys) {
    return new Fields(this.value[key], place, keys, this.finding);
  }
}

/** A file is not there, is none, or has more bytes than it says. */
export class NotThere extends Error {}

/** A file's bytes, part by part; throws where it has more than it says, for files that a system makes up may have no end. */
export async function* asLongAsSaid(file) {
  const { size } = statSync(file);
  let length = 0;
  for await (const part of createReadStream(file, { end: size })) {
    length += part.length;
    if (length > size) throw new NotThere("is longer than it says");
    yield part;
  }
}

/** All of it. */
export async function whole(file) {
  const parts = [];
  for await (const part of asLongAsSaid(file)) parts.push(part);
  return Buffer.concat(parts);
}

/** The files of a folder. */
export class Folder {
  constructor(folder) {
    this.folder = folder;
  }

  has(name) {
    return existsSync(path(this.folder, name));
  }

  /** A file's length; throws where there is none. */
  size(name) {
    const found = statSync(path(this.folder, name));
    if (!found.isFile()) throw new NotThere("is no file");
    return found.size;
  }

  bytes(name) {
    return whole(path(this.folder, name));
  }

  chunks(name) {
    return asLongAsSaid(path(this.folder, name));
  }
}

/** The files under one folder of an archive. */
export class Archived {
  constructor(zip, folder) {
    this.zip = zip;
    this.folder = folder;
  }

  has(name) {
    return this.zip.entries.has(this.folder + name);
  }

  size(name) {
    const found = this.zip.entries.get(this.folder + name);
    if (!found) throw new NotThere("is not in the bundle");
    return found.size;
  }

  bytes(name) {
    return this.zip.bytes(this.folder + name, Infinity);
  }

  chunks(name) {
    return this.zip.chunks(this.folder + name);
  }
}

/** The published files, wherever they stand. */
export class Published {
  constructor(files) {
    this.files = files;
  }

  /** Throws Wrong of the file's finding for whatever keeps it from being read. */
  async guarded(name, most, work) {
    try {
      const size = this.files.size(name);
      if (size > most) throw new Wrong(FINDINGS[name], name, "is too long", `at most ${most} bytes`, BigInt(size));
      return await work();
    } catch (error) {
      if (!(error instanceof NotThere) && error.syscall === undefined) throw error;
      throw new Wrong(FINDINGS[name], name, "cannot be read", "the file", error);
    }
  }

  /** Whether anything stands there under that name. */
  has(name) {
    return this.files.has(name);
  }

  bytes(name, most = name === "plan.pdf" ? MOST_PDF : MOST_JSON) {
    return this.guarded(name, most, () => this.files.bytes(name));
  }

  async json(name) {
    return read(await this.bytes(name), name, FINDINGS[name]);
  }

  /** Hands the file's lines, some at a time, to `take`. */
  lines(name, most, take) {
    return this.guarded(name, most, async () => {
      const rule = { finding: FINDINGS[name], place: name, most: MOST_LINE };
      for await (const lines of lineGroups(this.files.chunks(name), rule)) take(lines);
    });
  }
}
