// Vectors of what is signed: typed_data.json, statements.json, passkeys.json, webauthn.json; and recovery held against @noble/curves.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { dialectOf, generationHash } from "../contracts.mjs";
import { StepLog } from "../findings.mjs";
import { ascii, hex, join, keccak, number, raw, sized, word } from "../bytes.mjs";
import { canonical } from "../json.mjs";
import { Pool } from "../signatures/pool.mjs";
import { N, expanded, parts, signerOf } from "../math/curve.mjs";
import { passkeySigned } from "../math/passkey.mjs";
import { Multiples, P, recoverAll, signedAll } from "../math/recovery.mjs";
import { Domain } from "../math/typed.mjs";
import { generationsOf } from "../steps/succession.mjs";

/** A value of a vector as digests take it. */
function valueOf(kind, given) {
  if (typeof given === "boolean") return given;
  if (kind.endsWith("[]")) return given.map(raw);
  return kind.startsWith("bytes") || kind === "address" ? raw(given.toLowerCase()) : BigInt(given);
}

function checkItem(item, typed, protocol, equal) {
  const fields = item.type_text
    .slice(item.type_text.indexOf("(") + 1, -1)
    .split(",")
    .filter(Boolean)
    .map((one) => one.split(" "));
  const domain = new Domain(BigInt(typed.chain_id), raw(typed[item.contract]), protocol);
  const digest = domain.digest(item.type, ...fields.map(([kind, name]) => valueOf(kind, item.message[name])));
  const signer = typed.keys[item.signer].address.toLowerCase();
  equal(`${item.type} domain`, hex(domain.separator), typed.domain_separators[item.contract]);
  equal(item.type, hex(digest), item.digest);
  equal(`${item.type} signer`, hex(signerOf(digest, raw(item.signature))), signer);
  equal(`${item.type} compact`, hex(signerOf(digest, expanded(raw(item.compact_signature)))), signer);
  checkSpoiled(item.type, digest, raw(item.signature), signer, equal);
}

/** Signatures beside a right one: another form of the same, or one changed byte. */
function checkSpoiled(name, digest, right, signer, equal) {
  const [r, s, v] = [right.subarray(0, 32), number(right.subarray(32, 64)), right[64]];
  const of = (...pieces) => signerOf(digest, join(...pieces));
  equal(`${name} with a high s`, of(r, word(N - s), Buffer.of(55 - v)), null);
  equal(`${name} with v below 27`, of(r, word(s), Buffer.of(v - 27)), null);
  equal(`${name} with s of 0`, of(r, word(0n), Buffer.of(v)), null);
  equal(`${name} with r of 0`, of(word(0n), word(s), Buffer.of(v)), null);
  equal(`${name} with r of n`, of(word(N), word(s), Buffer.of(v)), null);
  equal(`${name} that is cut`, of(r, word(s)), null);
  equal(`${name} with another v`, of(r, word(s), Buffer.of(55 - v))?.equals(raw(signer)) ?? false, false);
}

export function typedData(typed, equal) {
  for (const item of typed.items) checkItem(item, typed, 3, equal);
  for (const item of typed.items_of_protocol_2) checkItem(item, typed, 2, equal);
  for (const item of typed.items_of_protocol_1) checkItem(item, typed, 1, equal);
}

/** Types of sealed polls, whose hashes of structs are asked for besides. */
export function sealedTypedData(typed, equal) {
  for (const item of typed.items) {
    checkItem(item, typed, 4, equal);
    const values = Object.entries(item.message).map(([name, value]) =>
      valueOf(item.type_text.match(`([a-z0-9\\[\\]]+) ${name}[,)]`)[1], value),
    );
    equal(`${item.type} struct`, hex(new Domain(1n, raw(typed.poll), 4).struct(item.type, ...values)), item.struct_hash);
  }
}

const DIALECT = dialectOf(4, false);

/** What the chain shows of one history, in the order of its blocks. */
function shownOf({ rehearsal, events }, vector) {
  const [chainId, caseAddress] = [BigInt(vector.chain_id), raw(vector.case)];
  const of = new Map(events.map((one) => [one.block, one]));
  const sight = {
    block: async (number) => ({ time: BigInt(of.get(number).time) }),
    transaction: async (number) => ({ to: caseAddress, input: raw(of.get(number).input), where: `transaction ${number}` }),
    checkVerifiers: async () => {},
  };
  const logs = [...of.keys()]
    .sort((a, b) => a - b)
    .map((block) => {
      const { topics, data } = of.get(block);
      return {
        address: caseAddress,
        topics: topics.map(raw),
        data: raw(data),
        block,
        order: [0, 0],
        transaction: raw("0x"),
        where: `block ${block}`,
      };
    });
  return { sight, place: { chainId, caseAddress, protocol: 5, rehearsal }, events: logs.map((one) => DIALECT.event(one)) };
}

export async function successions(vector, equal) {
  /** @type {(one: any) => [any, any, any]} */
  const peopleOf = (one) => [one.officials.map(raw), BigInt(one.threshold), raw(one.institution)];
  let before = null;
  for (const one of vector.generations) {
    equal(`generation ${one.number}`, hex(generationHash(raw(one.before), peopleOf(one))), one.generation_hash);
    const salt = one.number ? raw(one.generation_hash) : null;
    const domain = new Domain(BigInt(vector.chain_id), raw(vector.case), 4, salt);
    equal(`separator ${one.number}`, hex(domain.separator), one.domain_separator);
    for (const [act, under] of [...(one.succession ?? []).map((act) => [act, before]), ...one.acts.map((act) => [act, domain])]) {
      const values = Object.entries(act.message).map(([name, value]) => valueOf(act.type_text.match(`([a-z0-9]+) ${name}[,)]`)[1], value));
      const digest = under.digest(act.type, ...values);
      equal(`${act.type} of ${one.number}`, hex(digest), act.digest);
      equal(`signer of ${act.type}`, hex(signerOf(digest, raw(act.signature))), vector.keys[act.signer].address);
    }
    before = domain;
  }
  for (const history of vector.histories) {
    const log = new StepLog(1);
    const { sight, place, events } = shownOf(history, vector);
    const found = await generationsOf(sight, DIALECT, null, place, peopleOf(vector.generations[0]), events, log);
    equal(`${history.name}: generations`, `${found.map(({ number }) => number)}`, `${history.generations}`);
    const names = new Set(log.findings.map(({ name }) => name));
    const isFound = history.finding ? names.has(history.finding) : names.size === 0;
    equal(`${history.name}: found ${[...names]}`, isFound, true);
  }
}

export function statements({ verifier, items }, equal) {
  for (const one of items) {
    const bytes = canonical(one.statement);
    const digest = keccak(ascii("LenderVote/1/statement"), bytes);
    equal("statement", bytes.toString("utf8"), one.canonical_json);
    equal("statement digest", hex(digest), one.digest);
    equal("statement signer", hex(signerOf(digest, raw(one.signature))), verifier.address);
  }
}

const [HEAD, R, S, TYPE_AT, FLAGS] = [0xc0, 0, 32, 96, 32];

/** An encoded signature with some bytes changed. */
function changed(bytes, place, content) {
  const found = Buffer.from(bytes);
  content.copy(found, place);
  return found;
}

export function passkeys({ signatures }, equal) {
  for (const one of signatures) {
    const [key, digest, encoded] = [raw(one.signer).subarray(20), raw(one.proof_digest), raw(one.encoded)];
    const accepts = (signature, by = key, over = digest) => passkeySigned(by, over, signature);
    equal("passkey", accepts(encoded), true);
    equal("passkey over another digest", accepts(encoded, key, keccak(digest)), false);
    equal("passkey of another key", accepts(encoded, join(key.subarray(32), key.subarray(0, 32))), false);
    equal("passkey of a key too long", accepts(encoded, join(key.subarray(0, 32), Buffer.alloc(1), key.subarray(32))), false);
    equal("passkey of a key too short", accepts(encoded, key.subarray(0, 63)), false);
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    equal("passkey with a high s", accepts(changed(encoded, S, word(order - number(encoded.subarray(S, S + 32))))), false);
    equal("passkey with r of 0", accepts(changed(encoded, R, word(0n))), false);
    equal("passkey whose type is elsewhere", accepts(changed(encoded, TYPE_AT, word(2n))), false);
    equal("passkey whose type lies before the start", accepts(changed(encoded, TYPE_AT, word(2n ** 256n - 31n))), false);
    equal("passkey that is cut", accepts(encoded.subarray(0, HEAD + 40)), false);
    equal("passkey with something behind it", accepts(join(encoded, Buffer.alloc(64))), true);
    equal("passkey without its head", accepts(encoded.subarray(0, HEAD - 1)), false);
    equal("passkey without a person", accepts(changed(encoded, HEAD + 32 + FLAGS, Buffer.of(0x04))), false);
  }
}

/** r and s of a signature in DER. */
function ofDer(der) {
  const length = der[3];
  return [der.subarray(4, 4 + length), der.subarray(6 + length)].map(number);
}

export function webauthn({ assertions }, equal) {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  for (const one of assertions) {
    const [r, s] = ofDer(raw(one.signature));
    const [authenticator, client] = [raw(one.authenticator_data), raw(one.client_data_json)];
    const low = s > order / 2n ? order - s : s;
    const places = ['"challenge":"', '"type":"'].map((text) => BigInt(client.indexOf(text)));
    const sized32 = (bytes) => join(word(BigInt(bytes.length)), bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32));
    const offsets = [BigInt(HEAD), BigInt(HEAD + sized32(authenticator).length)];
    const encoded = join(...[r, low, ...places, ...offsets].map(word), sized32(authenticator), sized32(client));
    const key = join(raw(one.x), raw(one.y));
    equal(one.name, passkeySigned(key, raw(one.challenge), encoded), one.user_verified);
  }
}

/** Signatures of made-up keys, recovered here and by the library; odd ones among them. */
/** As many signatures as are worth workers, two of them no signatures: the answers come in the order of the questions. */
export async function byWorkers(_, equal) {
  const pool = new Pool();
  const [secret, other] = [keccak(sized(1, 4)), keccak(sized(2, 4))];
  const tasks = Array.from({ length: 600 }, (__, i) => {
    const digest = keccak(sized(i, 4));
    return { digest, signature: compactOf(digest, i % 3 ? secret : other) };
  });
  const [own, others] = [tasks[1], tasks[0]].map(({ digest, signature }) => hex(signerOf(digest, expanded(signature))));
  tasks[7].signature = Buffer.alloc(64, 0xff);
  tasks[9].signature = tasks[9].signature.subarray(1);
  const late = new Promise((done) => setTimeout(done, 60_000, []).unref());
  const found = await Promise.race([pool.signersOf(tasks), late]);
  await pool.close();
  equal("signatures by workers", found.length, tasks.length);
  found.forEach((one, i) => equal(`signature ${i}`, one && hex(one), i === 7 || i === 9 ? null : i % 3 ? own : others));
}

function compactOf(digest, secret) {
  const made = secp256k1.Signature.fromBytes(secp256k1.sign(digest, secret, { prehash: false, format: "recovered" }), "recovered");
  return join(word(made.r), word(made.s | (BigInt(made.recovery) << 255n)));
}

export function recovery(_, equal) {
  const made = Array.from({ length: 40 }, (__, i) => {
    const [secret, digest] = [keccak(sized(i, 4)), keccak(sized(i + 1000, 4))];
    const {
      r,
      s,
      recovery: parity,
    } = secp256k1.Signature.fromBytes(secp256k1.sign(digest, secret, { prehash: false, format: "recovered" }), "recovered");
    const { x, y } = secp256k1.Point.BASE.multiply(number(secret) % N).toAffine();
    return { numbers: parts(digest, join(word(r), word(s), Buffer.of(27 + parity))), key: [x, y] };
  });
  const keys = recoverAll(made.map((one) => one.numbers));
  made.forEach((one, i) => equal("recovered", String(keys[i]), String(one.key)));
  for (const [i, one] of made.slice(0, 3).entries()) {
    const found = signedAll(
      made.map(({ numbers }) => numbers),
      new Multiples(...one.key),
    );
    equal("signed by one key", found.indexOf(true) === i && found.lastIndexOf(true) === i, true);
  }
  const [g, minusG] = [secp256k1.Point.BASE.toAffine(), secp256k1.Point.BASE.negate().toAffine()];
  // R = G: s G - e G over r is 0 for s = e, which is nobody's key, and G for s - e = r.
  const of = (e, s) => recoverAll([{ e, r: g.x, s, parity: g.y & 1n }])[0];
  equal("recovered to infinity", of(5n, 5n), null);
  equal("recovered to G", String(of((N + 7n - g.x) % N, 7n)), String([g.x, g.y]));
  equal("recovered to -G", String(of((7n + g.x) % N, 7n)), String([minusG.x, minusG.y]));
  equal("no point of that x", recoverAll([{ e: 1n, r: 5n, s: 1n, parity: 0n }])[0], null);
  equal("the field", P, secp256k1.Point.Fp.ORDER);
}
