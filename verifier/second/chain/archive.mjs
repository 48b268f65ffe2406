// An evidence bundle, held against its manifest (protocol, section 16, step 0).
import { createHash } from "node:crypto";
import { hex, raw } from "../bytes.mjs";
import { Blocked, Wrong } from "../findings.mjs";
import { Archived, FINDINGS, Published, read } from "../files/published.mjs";
import { Zip } from "../files/zip.mjs";
import { AnswersSource } from "./answers.mjs";
import { BundleSource } from "./bundle.mjs";

const [MANIFEST, PUBLISHED] = ["manifest.json", "published/"];
const MOST_MANIFEST = 2 ** 24; // bytes
/** What is recounted, and what people read beside it, which is compared with nothing (section 16). */
const RECOUNTED = new Set([
  MANIFEST,
  "blocks.jsonl",
  "state.jsonl",
  "code.jsonl",
  ...Object.keys(FINDINGS).map((name) => PUBLISHED + name),
]);
const FOR_PEOPLE = /^(?:(?:events\.jsonl|openings\.json|approvals\.json|recount\.json|ABOUT\.txt|说明\.txt)$|certificate\/|tool\/)/;

/** A bundle in which there is nothing to look at. */
class Nothing {
  async open() {
    throw new Blocked(0);
  }
}

/** { published, source } of a bundle; whatever is wrong with it becomes a finding of the log. */
export async function openBundle(path, options, log) {
  let zip = null;
  try {
    zip = new Zip(path);
    return { published: new Published(new Archived(zip, PUBLISHED)), source: await sourceOf(zip, options, log) };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    log.take(error);
    return { published: new Published(new Archived(zip ?? { entries: new Map() }, PUBLISHED)), source: new Nothing() };
  }
}

async function sourceOf(zip, options, log) {
  const manifest = read(await zip.bytes(MANIFEST, MOST_MANIFEST), MANIFEST, "bundle.unreadable");
  await checkFiles(zip, rowsOf(manifest), log);
  if (manifest.bundle === undefined) {
    log.note("a bundle of protocol 1: what a node answered, tied to no block");
    const answers = new AnswersSource(zip);
    await answers.read();
    return answers;
  }
  const head = headOf(manifest);
  checkNames([...zip.entries.keys()], log);
  if (options.head) log.equal("bundle.head", MANIFEST, "names another block than the one given", options.head, head.hash);
  else log.note(`the bundle stands and falls with block ${hex(head.hash)}: hold it against nodes that you trust (--head)`);
  const source = new BundleSource(zip, head, options.creation, options.rule);
  await source.verify(await hintsOf(zip), log);
  log.equal("bundle.head", MANIFEST, "gives its block another number", BigInt(source.first.number), head.number);
  if (options.validators?.check(source.first, "proof.finality", log)) {
    source.certified = options.validators.said(source.first);
    log.note(source.certified);
  }
  return source;
}

/** The rows of the manifest. Throws Wrong. */
function rowsOf(manifest) {
  const isRow = (row) => typeof row?.name === "string" && typeof row.bytes === "bigint" && typeof row.sha256 === "string";
  if (!Array.isArray(manifest?.files) || !manifest.files.every(isRow)) {
    throw new Wrong("bundle.unreadable", MANIFEST, "is no list of files", "name, bytes and sha256 of each", "");
  }
  return manifest.files;
}

/** Every file but the manifest is in it once, with its length and SHA-256, and no other file is there. */
async function checkFiles(zip, rows, log) {
  const listed = new Map(rows.map((row) => [row.name, row]));
  log.equal("bundle.file", MANIFEST, "names a file twice", BigInt(rows.length), BigInt(listed.size));
  for (const name of [...new Set([...zip.entries.keys(), ...listed.keys()])].sort()) {
    if (name === MANIFEST) continue;
    const row = listed.get(name);
    if (!log.holds("bundle.file", name, "stands in the bundle or in its manifest, not in both", row !== undefined && zip.entries.has(name)))
      continue;
    const hash = createHash("sha256");
    let length = 0n;
    for await (const part of zip.chunks(name)) {
      hash.update(part);
      length += BigInt(part.length);
    }
    log.equal("bundle.file", name, "is not the file that the manifest names", [row.bytes, row.sha256], [length, hash.digest("hex")]);
  }
  const manifest = createHash("sha256")
    .update(await zip.bytes(MANIFEST, MOST_MANIFEST))
    .digest("hex");
  log.note(`${zip.entries.size} files; SHA-256 of ${MANIFEST}: ${manifest}`);
}

/** Every file is one that a bundle has: what is not looked at must not look as if it had been. */
function checkNames(names, log) {
  const others = names.filter((name) => !RECOUNTED.has(name)).sort();
  for (const name of others) log.holds("bundle.file", name, "is no file of a bundle", FOR_PEOPLE.test(name));
  const told = new Set(others.filter((name) => FOR_PEOPLE.test(name)).map((name) => name.split("/")[0]));
  if (told.size) log.note(`for people to read, and compared with nothing: ${[...told].join(", ")}`);
}

/** Number and hash of the block that the bundle stands on. Throws Wrong. */
function headOf(manifest) {
  if (manifest.bundle !== 2n)
    throw new Wrong("bundle.unreadable", MANIFEST, "is of a kind that this tool does not know", "bundle 2", manifest.bundle);
  const [hash, number] = [raw(manifest.head?.hash), manifest.head?.number];
  if (hash?.length !== 32 || typeof number !== "bigint") {
    throw new Wrong("bundle.unreadable", MANIFEST, "does not name its block", "head: number and hash", manifest.head ?? "");
  }
  return { hash, number };
}

/** Where to look for checkpoints and events, as poll.json says; nothing where it cannot be read, which its own step tells. */
async function hintsOf(zip) {
  const nothing = Buffer.alloc(0);
  let value = null;
  try {
    value = read(await zip.bytes(`${PUBLISHED}poll.json`, MOST_MANIFEST), "poll.json", "poll.file");
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
  }
  const fromBlock = typeof value?.from_block === "bigint" ? Number(value.from_block) : -1;
  return { case: raw(value?.case) ?? nothing, poll: raw(value?.poll) ?? nothing, fromBlock };
}
