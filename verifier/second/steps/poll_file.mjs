// poll.json, as steps 1, 2 and 5 read it (protocol, section 12).
import { Wrong } from "../findings.mjs";
import { Fields, isCanonical, read } from "../files/published.mjs";
import { WORDS } from "../math/rule.mjs";

const NAME = "poll.json";
const FINDING = "poll.file";
const KEYS_1 = "case chain_id poll poll_number from_block parameters rule_name tree_depth";
export const PARAMETER_KEYS = "register_number plan_number conditions opens_at closes_at challenge_seconds verifiers receipt_signer";
const CONDITION_KEYS = "measure numerator denominator num den strict";
const LF = 10;

const SEALED_FROM = 4n; // the protocol that has sealed polls

function keysOf(protocol, isSealed) {
  if (isSealed && protocol >= SEALED_FROM) return `kind motions abandon_after_seconds protocol rehearsal ${KEYS_1}`;
  if (protocol === 1n) return KEYS_1;
  return protocol === 2n ? `protocol ${KEYS_1}` : `protocol rehearsal ${KEYS_1}`;
}

/** The file's fields, protocol, mark and kind, and whether the file is canonical JSON. Throws Wrong. */
export async function pollFile(published) {
  const bytes = await published.bytes(NAME);
  const value = read(bytes, NAME, FINDING);
  const isNew = value !== null && typeof value === "object" && "protocol" in value;
  const isSealed = isNew && "kind" in value;
  const file = new Fields(value, NAME, keysOf(isNew ? value.protocol : 1n, isSealed), FINDING);
  if (isSealed && file.text("kind") !== "sealed") file.fail("kind", "is no kind of poll that is written down", "sealed");
  const protocol = isNew ? file.whole("protocol", 2n ** 32n) : 1n;
  if (isNew && protocol < 2n) file.fail("protocol", "names no protocol", "2 or more");
  const content = bytes.at(-1) === LF ? bytes.subarray(0, -1) : bytes;
  const rehearsal = protocol > 2n && file.flag("rehearsal");
  return { file, protocol: Number(protocol), rehearsal, isSealed, isCanonical: isCanonical(content, value) };
}

/** The fields of the parameters. Throws Wrong. */
export const parametersOf = (file) => file.inner("parameters", `${NAME} parameters`, PARAMETER_KEYS);

/** A list of 20-byte addresses. */
export const addressesOf = (fields, key) => fields.list(key).map((one) => fields.bytesIn(key, one, 20));

function word(fields, key, log) {
  const name = fields.text(key);
  const words = WORDS[key];
  log.holds("rule.file", `${fields.place}: ${key}`, "is none of the words that a rule knows", words.includes(name), words.join(" "), name);
  return BigInt(words.indexOf(name));
}

/** The conditions of the file as the contract takes them; -1 where a word is unknown, which becomes a finding of the log. */
export const conditionsOf = (parameters, log) =>
  parameters.list("conditions").map((value, i) => {
    const one = new Fields(value, `${parameters.place} condition ${i}`, CONDITION_KEYS, "rule.file");
    const words = Object.keys(WORDS).map((key) => word(one, key, log));
    return [...words, one.whole("num", 2n ** 32n), one.whole("den", 2n ** 32n), one.flag("strict")];
  });

/** Throws Wrong for a protocol that no release of this tool follows. */
export function releaseOf(releases, protocol) {
  const found = releases.get(protocol);
  if (!found)
    throw new Wrong(FINDING, `${NAME}: protocol`, "is none that this tool knows", [...releases.keys()].join(" or "), BigInt(protocol));
  return found;
}
