// Step 15, too: the openings of the register that votes are in escrow, as k officials and all trustees say (protocol, section 23.1).
import { ascii, hex, keccak, word } from "../bytes.mjs";
import { classesHash } from "../contracts.mjs";
import { Wrong } from "../findings.mjs";
import { Fields, isCanonical, read } from "../files/published.mjs";
import { hasSigned, short } from "../math/signers.mjs";

const [FILE, NAME] = ["escrow.json", "seal.escrow"];
const KEYS = "case chain_id classes_hash commitments context file_digest leaf_count register_number root signatures threshold transports";
const DEMANDED_SINCE = 5; // the protocol in which no sealed poll that counts is without one
const [LEAST, MOST, MOST_SIGNATURES, POINT] = [2n, 32, 64, 33];
const BELOW = 2n ** 64n;

/** The statement, where one has to be; a rehearsal may be without. Throws Wrong. */
export async function checkEscrow(recount, scene, terms, seats, log) {
  const { register } = recount;
  if (scene.protocol < DEMANDED_SINCE || !register || !seats.length) return; // what is wrong with register or seats was said
  if (scene.rehearsal && !recount.published.has(FILE)) {
    log.note("a rehearsal without an escrow: nobody but its operator could open the sums");
    return;
  }
  const found = await readStatement(recount);
  checkFacts(found, scene, terms, register, seats, log);
  const { registerNumber, context, commitments, fileDigest } = found;
  const digest = scene.caseDomain.digest("OpeningsEscrow", registerNumber, context, keccak(...commitments), fileDigest);
  const signed = found.signatures.filter(([signer, signature]) => hasSigned(signer, digest, signature)).map(([signer]) => hex(signer));
  const has = (signer) => signed.includes(hex(signer));
  const panels = scene.generations.filter(({ number }) => number <= terms.generation.number).map(({ panel }) => panel);
  const byOfficials = panels.some(({ officials, threshold }) => BigInt(officials.filter(has).length) >= BigInt(threshold));
  log.holds(NAME, FILE, "is not signed by as many officials as decide", byOfficials, "k officials", BigInt(signed.length));
  const missing = seats.filter((signer) => !has(signer)).map(short);
  log.holds(NAME, FILE, "is not signed by every trustee", missing.length === 0, "all seats", missing);
  if (log.isClean)
    log.note(`openings in escrow: ${found.threshold} of ${seats.length} trustees open them; keccak of the file ${hex(fileDigest)}`);
}

/** It is about the register that votes, and its context follows from what it says. */
function checkFacts(found, scene, terms, register, seats, log) {
  const held = [scene.chainId, scene.case, terms.registerNumber, register.root, register.leafCount, classesHash(register.classes)];
  const { chainId, case: place, registerNumber, root, leafCount, hashed, threshold, transports, commitments } = found;
  log.equal(NAME, FILE, "is about another register", held, [chainId, place, registerNumber, root, leafCount, hashed]);
  const head = [keccak(ascii("LenderVote/1/escrow")), word(chainId), word(place), word(registerNumber), root, word(leafCount), hashed];
  const context = keccak(...head, word(threshold), keccak(...transports));
  log.equal(NAME, FILE, "its context does not follow from what it says", context, found.context);
  const sizes = [transports.length, new Set(transports.map(hex)).size, commitments.length].map(BigInt);
  const right = [BigInt(seats.length), BigInt(seats.length), threshold];
  log.equal(NAME, FILE, "has other receivers than trustees, or not as many commitments as open", right, sizes);
}

/** The file with its numbers as the checks take them. Throws Wrong. */
async function readStatement(recount) {
  const bytes = await recount.published.bytes(FILE);
  const value = read(bytes, FILE, NAME);
  if (!isCanonical(bytes, value)) throw new Wrong(NAME, FILE, "is not canonical JSON");
  const file = new Fields(value, FILE, KEYS, NAME);
  if (
    file.list("signatures").length > MOST_SIGNATURES ||
    [file.list("transports"), file.list("commitments")].some((one) => one.length > MOST)
  )
    throw new Wrong(NAME, FILE, "has more keys or signatures than an escrow can have", String(MOST));
  const threshold = file.whole("threshold", BigInt(MOST) + 1n);
  if (threshold < LEAST) file.fail("threshold", "is out of range", `${LEAST} to ${MOST}`);
  const points = (key) => file.list(key).map((one) => file.bytesIn(key, one, POINT));
  return {
    chainId: file.whole("chain_id", BELOW),
    case: file.bytes("case", 20),
    registerNumber: file.whole("register_number", BELOW),
    root: file.bytes("root", 32),
    leafCount: file.whole("leaf_count", BELOW),
    hashed: file.bytes("classes_hash", 32),
    threshold,
    transports: points("transports"),
    commitments: points("commitments"),
    context: file.bytes("context", 32),
    fileDigest: file.bytes("file_digest", 32),
    signatures: file.list("signatures").map((one, place) => {
      const row = new Fields(one, `${FILE} signature ${place}`, "signature signer", NAME);
      return [row.anyBytes("signer"), row.anyBytes("signature")];
    }),
  };
}
