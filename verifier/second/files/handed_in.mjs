// Files that whoever recounts hands in beside the published ones.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Wrong } from "../findings.mjs";

/** The content of one of at most so many bytes. Throws Wrong of that finding. */
export function handedIn(path, finding, most) {
  const place = basename(path);
  try {
    if (statSync(path).size > most) throw new Wrong(finding, place, "is too long", `at most ${most} bytes`, "");
    return readFileSync(path);
  } catch (error) {
    throw error instanceof Wrong ? error : new Wrong(finding, place, "cannot be read", "the file", error);
  }
}
