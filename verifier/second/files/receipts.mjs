// Receipts of the relay: those that it published, and those that lenders hold themselves (protocol, section 11).
import { statSync } from "node:fs";
import { basename } from "node:path";
import { hex } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";
import { Domain } from "../math/typed.mjs";
import { Fields, NotThere, read, whole } from "./published.mjs";

const VOID = "void.receipt";
const KEYS_1 = "ballot_digest ballot_key index sequence received_at signature";
const BOOK_KEYS = "book number previous";
const KEYS = `${KEYS_1} ${BOOK_KEYS}`;
const MOST = 2 ** 20; // bytes of a lender's file

const keysOf = (protocol, isSealed) => (protocol === 1 ? KEYS_1 : KEYS) + (isSealed ? " seal sealed_choice" : "");

/** What a receipt says, its digest and its signature; `where` is its line or file. Throws Wrong. */
function receiptOf(fields, protocol, pollDomain, where, isSealed) {
  const found = {
    ballotDigest: fields.bytes("ballot_digest", 32),
    ballotKey: fields.bytes("ballot_key", 20),
    index: fields.whole("index", 2n ** 256n),
    sequence: fields.whole("sequence", 256n),
    receivedAt: fields.whole("received_at", 2n ** 64n),
  };
  const values = Object.values(found);
  if (protocol > 1) {
    Object.assign(found, {
      book: fields.bytes("book", 32),
      number: fields.whole("number", 2n ** 64n),
      previous: fields.bytes("previous", 32),
    });
    values.push(found.book, found.number, found.previous);
  }
  // What was sealed is not signed by the relay: it is right where it gives the digest.
  if (isSealed) Object.assign(found, { seal: fields.bytes("seal", 32), sealedChoice: fields.bytes("sealed_choice", 8) });
  return { fields: found, digest: pollDomain.digest("BallotReceipt", ...values), signature: fields.bytes("signature", 65), where };
}

/** A line of receipts.jsonl. Throws Wrong. */
export function listedReceipt(line, scene, where) {
  const value = read(line, where, "receipts.form");
  const fields = new Fields(value, where, keysOf(scene.protocol, scene.isSealed), "receipts.form");
  return receiptOf(fields, scene.protocol, scene.pollDomain, where, scene.isSealed);
}

async function contentOf(path, name) {
  try {
    const found = statSync(path);
    if (!found.isFile() || found.size > MOST)
      throw new Wrong(VOID, name, "is no file, or too long", `at most ${MOST} bytes`, BigInt(found.size));
    return await whole(path);
  } catch (error) {
    if (error instanceof Wrong || (!(error instanceof NotThere) && error.syscall === undefined)) throw error;
    throw new Wrong(VOID, name, "cannot be read", "a receipt", error);
  }
}

/**
 * A lender's receipt: a line of the list, or the check file that the ballot page hands out, which says more and may write hex in upper
 * case. Throws Wrong.
 */
export async function ownReceipt(path, scene) {
  const name = basename(path);
  const value = read(await contentOf(path, name), name, VOID);
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  // Outside of any book: the relay of a newer poll may not sign so, and is held to it all the same.
  const isOutside = isObject && !BOOK_KEYS.split(" ").some((key) => key in value);
  const protocol = isOutside ? 1 : scene.protocol;
  const keys = keysOf(protocol, scene.isSealed).split(" ");
  if (!isObject || !keys.every((key) => key in value)) throw new Wrong(VOID, name, "is no receipt", keys.join(" "), value);
  const lower = (one) => (typeof one === "string" ? one.toLowerCase() : one);
  const { chain_id: chainId = scene.chainId, poll = hex(scene.poll) } = value;
  if (chainId !== scene.chainId || lower(poll) !== hex(scene.poll)) {
    throw new Wrong(VOID, name, "is a receipt of another poll", [scene.chainId, scene.poll], [chainId, poll]);
  }
  const mine = Object.fromEntries(keys.map((key) => [key, lower(value[key])]));
  const domain = protocol === scene.protocol ? scene.pollDomain : new Domain(scene.chainId, scene.poll, protocol);
  return receiptOf(new Fields(mine, name, keysOf(protocol, scene.isSealed), VOID), protocol, domain, name, scene.isSealed);
}
