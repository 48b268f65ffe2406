// What the state trie has of a contract's account (protocol, sections 16 and 25.1).
import { decode } from "../encoding/rlp.mjs";
import { NotProved } from "../encoding/trie.mjs";

/** Nonce, balance, storage root and code hash of the account that a proof leads to; `kind` stands in front of it. Throws NotProved, NotRlp. */
export function accountOf(value, kind = Buffer.alloc(0)) {
  if (!value.length || !value.subarray(0, kind.length).equals(kind)) throw new NotProved("there is no contract's account");
  const fields = decode(value.subarray(kind.length));
  const [first, storage, code] = Array.isArray(fields) ? fields : [];
  const found = kind.length ? [...(Array.isArray(first) ? first.slice(0, 2) : []), storage, code] : fields;
  const right = fields.length === 4 && found.length === 4 && found.every(Buffer.isBuffer);
  if (!right || found[2].length !== 32 || found[3].length !== 32) throw new NotProved("the account has no storage or no code");
  return found;
}
