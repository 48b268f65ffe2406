// The releases of the contracts whose code a case may be (protocol, sections 8.1 and 13).
import { readFileSync, readdirSync } from "node:fs";
import { join as path } from "node:path";
import { keccak, raw } from "./bytes.mjs";
import { CREATION, CREATION_2, CREATION_3 } from "./contracts.mjs";
import { NotDecodable, decode } from "./encoding/abi.mjs";

/** A folder holds no readable releases. */
export class NoReleases extends Error {}

/** One release: hashes of the contracts' code by their names. */
export class Release {
  constructor(value) {
    this.number = value.release;
    this.contracts = value.contracts;
    const hashes = Object.values(this.contracts).flatMap((one) => [one.creation_keccak, one.runtime_keccak]);
    if (!Number.isInteger(this.number) || !hashes.every((one) => raw(one)?.length === 32)) throw new NoReleases("is no release");
  }

  /** Whether code found on a chain is this contract's; what a contract keeps in its code when it is created is not compared. */
  isDeployed(name, code) {
    const masked = Buffer.from(code);
    for (const [start, length] of this.contracts[name].immutables) masked.fill(0, start, Math.min(start + length, masked.length));
    return keccak(masked).equals(raw(this.contracts[name].runtime_keccak));
  }

  /** [officials, threshold, institution, rehearsal, trustees] of a creation by this release's code, that of sealed polls too; null when it is none. */
  createdWith(input) {
    const { creation_bytes: length, creation_keccak: hash } = this.contracts.Case;
    if (!keccak(input.subarray(0, length)).equals(raw(hash))) return null;
    try {
      if (this.number < 3) return [...decode(CREATION_2, input, length), false, []];
      if (this.number < 4) return [...decode(CREATION_3, input, length), []];
      const found = decode(CREATION, input, length);
      const isItsOwn = found[5].equals(raw(this.contracts.SealedPoll.creation_keccak));
      return isItsOwn ? found.slice(0, 5) : null;
    } catch (error) {
      if (error instanceof NotDecodable) return null;
      throw error;
    }
  }
}

/** All releases of a folder by their numbers. Throws NoReleases. */
export function releasesOf(folder) {
  try {
    const files = readdirSync(folder)
      .filter((one) => one.endsWith(".json"))
      .sort();
    const found = new Map(
      files.map((one) => new Release(JSON.parse(readFileSync(path(folder, one), "utf8")))).map((one) => [one.number, one]),
    );
    if (!found.size) throw new NoReleases("holds no release");
    return found;
  } catch (error) {
    throw new NoReleases(`${folder}: ${error.message}`);
  }
}
