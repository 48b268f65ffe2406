// What whoever recounts brings (protocol, section 13).
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { raw } from "./bytes.mjs";
import { Named } from "./chain/finality.mjs";
import { RULES } from "./chain/rules.mjs";
import { Roots } from "./files/tokens.mjs";
import { Wrong } from "./findings.mjs";
import { NoReleases, releasesOf } from "./release.mjs";

const RELEASES = fileURLToPath(new URL("../releases", import.meta.url));
const CHAINS = Object.keys(RULES);
export const USAGE = `node verifier/second/recount.mjs (--rpc URL --published DIR | --evidence FILE.zip) [options]
  --rpc URL          JSON-RPC address of a node that you trust, best your own
  --published DIR    folder with the published files
  --evidence FILE    an evidence bundle, to be recounted without a node
  --case ADDRESS     the case's address, as the working group published it
  --fingerprint "…"  the case's fingerprint, as the working group published it
  --head HASH        with --evidence: the hash of the bundle's block, from nodes that you trust
  --creation HASH    with --evidence: the hash of the block that created the case, likewise
  --chain NAME       by which rule the chain hashes headers and receipts: ${CHAINS.join(", ")}
  --validators FILE  with --chain kaia: whose seals make blocks final, as the parties named them
  --receipt FILE     a lender's own receipt to look for; may stand several times
  --issuer-log FILE  a verifier's log about this poll; may stand several times
  --stamps FILE      stamps of times that somebody kept; may stand several times
  --authority FILE   the root certificate of an authority that stamps times; may stand several times
  --witness FILE     what a witness of the chain signed; may stand several times
  --witness-key ADDRESS  whose file it has to be; may stand several times
  --json             is taken and changes nothing: the last line is JSON in any case
  --releases DIR     the releases of the contracts that the case may be built from`;

/** The tool was called wrongly. */
export class Misuse extends Error {}

/** @type {{ type: "string" }} */
const one = { type: "string" };
/** @type {{ type: "string", multiple: true, default: string[] }} */
const many = { type: "string", multiple: true, default: [] };
/** @type {import("node:util").ParseArgsConfig["options"]} */
const KINDS = {
  rpc: one,
  published: one,
  evidence: one,
  case: one,
  fingerprint: one,
  head: one,
  creation: one,
  chain: { ...one, default: "ethereum" },
  validators: one,
  receipt: many,
  "issuer-log": many,
  stamps: many,
  authority: many,
  witness: many,
  "witness-key": many,
  json: { type: "boolean" },
  releases: { ...one, default: RELEASES },
};

const is = (path, kind) => statSync(path, { throwIfNoEntry: false })?.[kind]() ?? false;
const demand = (isTrue, what) => {
  if (!isTrue) throw new Misuse(what);
};

/** What was typed, by name. Throws Misuse. @returns {any} */
function given(args) {
  try {
    return parseArgs({ args, options: KINDS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new Misuse(error.message);
  }
}

/** Hex of that many digits in either case, as bytes; null where nothing was given. Throws Misuse. */
function hexOf(value, digits, name) {
  if (value === undefined) return null;
  const found = value.trim();
  demand(found.length === digits + 2 && raw(found) !== null, `${name} is 0x and ${digits} hex digits`);
  return raw(found);
}

function demandSource({ rpc, published, evidence, head, creation }) {
  if (evidence !== undefined) {
    demand(rpc === undefined && published === undefined, "a bundle has its own blocks and files");
    demand(is(evidence, "isFile"), `${evidence} is no file`);
    return;
  }
  demand(rpc && published, "give --rpc and --published, or --evidence");
  demand(/^https?:\/\//.test(rpc), "the node's address begins with http:// or https://");
  demand(is(published, "isDirectory"), `${published} is no folder`);
  demand(head === undefined, "--head goes with --evidence");
  demand(creation === undefined, "--creation goes with --evidence");
}

/** The validators named in the file that was brought; null where none was. Throws Misuse. */
function validatorsOf({ chain, validators }) {
  if (validators === undefined) return null;
  demand(RULES[chain].HAS_CERTIFICATES, "--validators goes with --chain kaia: blocks of other chains carry no seals");
  try {
    return Named.of(validators);
  } catch (error) {
    throw error instanceof Wrong ? new Misuse(`${error.place} ${error.what}`) : error;
  }
}

/** The roots that were brought; null where none was. Throws Misuse. */
function authoritiesOf(paths) {
  if (!paths.length) return null;
  try {
    return Roots.of(paths);
  } catch (error) {
    throw error instanceof Wrong ? new Misuse(`${error.place} ${error.what}`) : error;
  }
}

/** The options of a recount. Throws Misuse. */
export function optionsOf(args) {
  const values = given(args);
  // Say by a variable that is not set: it would compare nothing, and nobody would notice.
  for (const name of ["case", "fingerprint", "head", "creation"])
    demand(values[name] === undefined || values[name].trim() !== "", `--${name} is blank: give a value, or leave it out`);
  demandSource(values);
  demand(CHAINS.includes(values.chain), `--chain is one of ${CHAINS.join(", ")}`);
  const fingerprint = (values.fingerprint ?? "").replace(/\s+/g, "").toLowerCase();
  demand(/^([0-9a-f]{32})?$/.test(fingerprint), "--fingerprint is eight groups of four hex digits");
  let releases;
  try {
    releases = releasesOf(values.releases);
  } catch (error) {
    throw error instanceof NoReleases ? new Misuse(error.message) : error;
  }
  return {
    rpc: values.rpc,
    published: values.published,
    evidence: values.evidence,
    case: hexOf(values.case, 40, "--case"),
    head: hexOf(values.head, 64, "--head"),
    creation: hexOf(values.creation, 64, "--creation"),
    fingerprint,
    receipts: values.receipt,
    issuerLogs: values["issuer-log"],
    stamps: values.stamps,
    witnesses: values.witness,
    witnessKeys: values["witness-key"].map((one) => hexOf(one, 40, "--witness-key")),
    authorities: authoritiesOf(values.authority),
    releases,
    rule: RULES[values.chain],
    validators: validatorsOf(values),
  };
}
