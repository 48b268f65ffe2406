// Zip archives, read strictly (PKWARE's APPNOTE, 4.3): every byte belongs to one file or to the list at the end, and each is said once.
import { createReadStream, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { Wrong } from "../findings.mjs";

const [END_SIGN, LIST_SIGN, FILE_SIGN, AFTER_SIGN] = [0x06054b50, 0x02014b50, 0x04034b50, 0x08074b50];
const [END_BYTES, LIST_BYTES, FILE_BYTES] = [22, 46, 30];
const MOST_FILES = 1_000;
const MOST_BYTES = 2 ** 33; // of all files together
const [STORED, DEFLATED] = [0, 8];
const [UTF8, SIZES_AFTER, EFFORT] = [0x0800, 0x0008, 0x0006]; // flags that are understood
const UNDERSTOOD = UTF8 | SIZES_AFTER | EFFORT;
const PLAIN = /^[A-Za-z0-9._/\u4e00-\u9fa5-]+$/; // no blanks, nothing that looks like another
const MOST_NAME = 200;
const utf8 = new TextDecoder("utf-8", { fatal: true });

const CRC = Uint32Array.from({ length: 256 }, (_, i) => {
  for (let bit = 0; bit < 8; bit++) i = i & 1 ? (i >>> 1) ^ 0xedb88320 : i >>> 1;
  return i;
});
function crcOf(bytes, crc) {
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return crc;
}

const broken = (what, found = "") => new Wrong("bundle.unreadable", "bundle", what, "a zip archive", found);

/** A name, which has to stay inside a folder on every machine. */
function nameOf(bytes, flags) {
  let name;
  try {
    name = utf8.decode(bytes);
  } catch {
    throw broken("a name is not UTF-8", bytes);
  }
  if (!(flags & UTF8) && /[^\x20-\x7e]/.test(name)) throw broken("a name's letters are not told", bytes);
  const isPlain = name.split("/").every((part) => !["", ".", ".."].includes(part)) && PLAIN.test(name);
  if (!isPlain || name.length > MOST_NAME) throw new Wrong("bundle.name", name, "is no plain file", "a file within the folder", name);
  return name;
}

/** The folders in which a name lies. */
function foldersOf(name) {
  const parts = name.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Extra fields may hold dates and rights; what would change name or length is not taken. */
function checkExtra(bytes) {
  for (let place = 0; place < bytes.length; ) {
    const size = place + 4 <= bytes.length ? bytes.readUInt16LE(place + 2) : Infinity;
    const kind = bytes.readUInt16LE(Math.min(place, bytes.length - 2));
    if (place + 4 + size > bytes.length || kind === 0x0001 || kind === 0x7075) throw broken("an extra field is not understood");
    place += 4 + size;
  }
}

/** The archive's list and where its files lie. Throws Wrong. */
export class Zip {
  constructor(path) {
    this.path = path;
    let handle;
    try {
      handle = openSync(path, "r");
      this.read = (from, length) => {
        const found = Buffer.alloc(length);
        return found.subarray(0, readSync(handle, found, 0, length, from));
      };
      this.entries = this.list(fstatSync(handle).size);
    } catch (error) {
      throw error instanceof Wrong ? error : broken("cannot be read", error);
    } finally {
      if (handle !== undefined) closeSync(handle);
    }
  }

  list(size) {
    const end = size < END_BYTES ? Buffer.alloc(0) : this.read(size - END_BYTES, END_BYTES);
    if (end.length !== END_BYTES || end.readUInt32LE(0) !== END_SIGN) throw broken("does not end as an archive ends");
    const [disk, listDisk, here, count] = [4, 6, 8, 10].map((place) => end.readUInt16LE(place));
    const [length, from] = [12, 16].map((place) => end.readUInt32LE(place));
    if (disk || listDisk || here !== count || end.readUInt16LE(20) || from + length + END_BYTES !== size)
      throw broken("its end says something else");
    if (count > MOST_FILES) throw broken("is too large", `${count} files`);
    const found = this.listed(this.read(from, length), count);
    if (found.reduce((sum, one) => sum + one.size, 0) > MOST_BYTES) throw broken("is too large", `more than ${MOST_BYTES} bytes`);
    this.place(
      [...found].sort((a, b) => a.at - b.at),
      from,
    );
    return new Map(found.map((one) => [one.name, one]));
  }

  listed(bytes, count) {
    const found = [];
    const names = new Set();
    let place = 0;
    for (let i = 0; i < count; i++) {
      if (place + LIST_BYTES > bytes.length || bytes.readUInt32LE(place) !== LIST_SIGN) throw broken("its list of files is broken");
      const [flags, method] = [8, 10].map((one) => bytes.readUInt16LE(place + one));
      const [crc, packed, size] = [16, 20, 24].map((one) => bytes.readUInt32LE(place + one));
      const [nameLength, extraLength, commentLength, disk] = [28, 30, 32, 34].map((one) => bytes.readUInt16LE(place + one));
      const at = bytes.readUInt32LE(place + 42);
      const [nameAt, extraAt] = [place + LIST_BYTES, place + LIST_BYTES + nameLength];
      place = extraAt + extraLength + commentLength;
      if (flags & ~UNDERSTOOD || ![STORED, DEFLATED].includes(method) || disk || commentLength || place > bytes.length)
        throw broken("a file is packed in another way");
      checkExtra(bytes.subarray(extraAt, extraAt + extraLength));
      const name = nameOf(bytes.subarray(nameAt, extraAt), flags);
      if (names.has(name)) throw new Wrong("bundle.name", name, "stands twice in the archive", "one file of each name", name);
      names.add(name);
      found.push({ name, flags, method, crc, packed, size, at });
    }
    const inside = [...names].find((name) => foldersOf(name).some((folder) => names.has(folder)));
    if (inside !== undefined)
      throw new Wrong("bundle.name", inside, "lies in a folder that is a file", "one kind of thing under each name", inside);
    if (place !== bytes.length) throw broken("its list of files is longer than it says");
    return found;
  }

  /** Finds every file's bytes, which have to lie one behind the other from the start to the list. */
  place(entries, end) {
    let next = 0;
    for (const [i, one] of entries.entries()) {
      const head = this.read(one.at, FILE_BYTES);
      if (one.at !== next || head.length !== FILE_BYTES || head.readUInt32LE(0) !== FILE_SIGN)
        throw broken("bytes that belong to no file", one.name);
      const [nameLength, extraLength] = [26, 28].map((place) => head.readUInt16LE(place));
      const rest = this.read(one.at + FILE_BYTES, nameLength + extraLength);
      const isAfter = (one.flags & SIZES_AFTER) !== 0;
      const sizes = [14, 18, 22].map((place) => head.readUInt32LE(place));
      const agrees =
        [6, 8].every((place, j) => head.readUInt16LE(place) === [one.flags, one.method][j]) &&
        rest.subarray(0, nameLength).equals(Buffer.from(one.name, "utf8")) &&
        sizes.every((value, j) => value === [one.crc, one.packed, one.size][j] || (isAfter && value === 0));
      if (!agrees) throw broken("a file says something else than the list", one.name);
      checkExtra(rest.subarray(nameLength));
      one.from = one.at + FILE_BYTES + rest.length;
      next = entries[i + 1]?.at ?? end;
      this.checkAfter(one, isAfter, next);
    }
    if (next !== end) throw broken("bytes that belong to no file");
  }

  /** What stands between a file's bytes and the next one: nothing, or its sizes once more. */
  checkAfter(one, isAfter, next) {
    const gap = next - one.from - one.packed;
    const sizes = isAfter && (gap === 12 || gap === 16) ? this.read(one.from + one.packed, gap) : Buffer.alloc(0);
    const numbers = gap === 16 ? [AFTER_SIGN, one.crc, one.packed, one.size] : [one.crc, one.packed, one.size];
    const right = isAfter ? sizes.length === gap && gap > 0 && numbers.every((value, i) => sizes.readUInt32LE(4 * i) === value) : gap === 0;
    if (!right) throw broken("bytes that belong to no file", one.name);
  }

  /** A file's content as it is unpacked. Throws Wrong where it is not what the list says. */
  async *chunks(name) {
    const one = this.entries.get(name);
    let [crc, size] = [0xffffffff, 0];
    const source = one.packed ? createReadStream(this.path, { start: one.from, end: one.from + one.packed - 1 }) : [];
    const inflate = one.method === DEFLATED ? createInflateRaw() : null;
    try {
      for await (const chunk of inflate ? pipeline(source, inflate, () => {}) : source) {
        size += chunk.length;
        if (size > one.size) throw broken("a file is longer than it says", name);
        crc = crcOf(chunk, crc);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof Wrong ? error : broken("a file cannot be unpacked", error);
    }
    const isWhole = size === one.size && (crc ^ 0xffffffff) >>> 0 === one.crc && (!inflate || inflate.bytesWritten === one.packed);
    if (!isWhole) throw broken("a file is not what the list says", name);
  }
  /** A file's whole content, when it is not longer than `most`. Throws Wrong. */
  async bytes(name, most) {
    const size = this.entries.get(name)?.size ?? Infinity;
    if (size > most) throw broken("a file is too long, or is not there", name);
    const parts = [];
    for await (const part of this.chunks(name)) parts.push(part);
    return Buffer.concat(parts);
  }
}
