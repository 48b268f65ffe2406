#!/usr/bin/env node
"use strict";
// Compiles the sources given as one JSON line a job on stdin ({"id", "replace": {path: text}}) and answers one JSON line each
// ({"id", "artifacts"} or {"id", "error"}). One process for all jobs: the compiler takes seconds to load.
// The way to code is that of profile.quick in foundry.toml (a tenth of the time), so that what two mutants share is what they say, not what
// was made of it.

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const solc = require("solc");

const TARGETS = {
  case: ["contracts/Case.sol", "Case"],
  sealed: ["contracts/SealedPoll.sol", "SealedPoll"],
  libraries: ["tests/contracts/harness/Libraries.sol", "Libraries"],
};

function compile(replace) {
  const read = (name) => {
    if (replace[name] !== undefined) return { contents: replace[name] };
    for (const root of [".", "node_modules"]) {
      const file = path.join(root, name);
      if (fs.existsSync(file)) return { contents: fs.readFileSync(file, "utf8") };
    }
    return { error: `File not found: ${name}` };
  };
  const sources = {};
  const wanted = {};
  for (const [file, contract] of Object.values(TARGETS)) {
    sources[file] = { content: read(file).contents };
    wanted[file] = { [contract]: ["abi", "evm.bytecode.object"] };
  }
  const settings = { viaIR: false, optimizer: { enabled: false }, evmVersion: "cancun", outputSelection: wanted };
  settings.metadata = { bytecodeHash: "none", appendCBOR: false };
  const answer = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }), { import: read }));
  const fault = (answer.errors ?? []).find((one) => one.severity === "error");
  if (fault) return { error: fault.message };
  const artifacts = {};
  for (const [name, [file, contract]] of Object.entries(TARGETS)) {
    const made = answer.contracts[file][contract];
    artifacts[name] = { abi: made.abi, bytecode: { object: `0x${made.evm.bytecode.object}` } };
  }
  return { artifacts };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const job = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id: job.id, ...compile(job.replace) })}\n`);
});
