// Runs the second recount's arithmetic over the shared vectors: node verifier/second/vectors.mjs tests/vectors
import { readFileSync } from "node:fs";
import { join as path } from "node:path";
import * as ceremonies from "./vectors/ceremonies.mjs";
import * as chain from "./vectors/chain.mjs";
import * as kaia from "./vectors/kaia.mjs";
import * as logs from "./vectors/logs.mjs";
import * as numbers from "./vectors/numbers.mjs";
import * as outsiders from "./vectors/outsiders.mjs";
import * as ranges from "./vectors/ranges.mjs";
import * as samples from "./vectors/samples.mjs";
import * as seals from "./vectors/seals.mjs";
import * as signatures from "./vectors/signatures.mjs";

/** @type {[string | null, Function][]} */
const CHECKS = [
  ["points.json", numbers.points],
  ["register.json", numbers.register],
  ["rules.json", numbers.rules],
  ["plan.json", numbers.plan],
  ["parameters.json", numbers.parameters],
  ["cases.json", numbers.cases],
  ["typed_data.json", signatures.typedData],
  ["successions.json", signatures.successions],
  ["sealed_typed_data.json", signatures.sealedTypedData],
  ["statements.json", signatures.statements],
  ["passkeys.json", signatures.passkeys],
  ["webauthn.json", signatures.webauthn],
  ["batch.json", chain.batch],
  ["receipts.json", chain.receipts],
  ["findings.json", chain.findings],
  ["seals.json", seals.seals],
  ["box.json", seals.box],
  ["ceremony.json", ceremonies.ceremony],
  ["ranges.json", ranges.generatorPoints],
  ["ranges.json", ranges.ranges],
  ["ranges_67.json", ranges.largeRegister],
  ["samples.json", samples.samples],
  ["conditions.json", samples.conditions],
  ["issuer_log.json", logs.issuerLog],
  ["json_texts.json", chain.jsonTexts],
  ["kaia.json", kaia.blocks],
  ["stamps.json", outsiders.stamps],
  ["witness.json", outsiders.witness],
  [null, signatures.recovery],
  [null, signatures.byWorkers],
  [null, chain.readings],
];

const wrong = [];
let checked = 0;
for (const [name, check] of CHECKS) {
  const vector = name && JSON.parse(readFileSync(path(process.argv[2], name), "utf8"));
  await check(vector, (what, found, expected) => {
    checked += 1;
    if (found !== expected) wrong.push(`${name ?? "by itself"}: ${what}: ${String(found)} is not ${String(expected)}`);
  });
}
wrong.forEach((one) => console.log(one));
console.log(JSON.stringify({ checked, wrong: wrong.length }));
process.exitCode = wrong.length ? 1 : 0;
