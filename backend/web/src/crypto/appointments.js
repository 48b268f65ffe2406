// Who is appointed as a case's trustees, as officials sign it (protocol §5).

import { fromHex, join, keccak, toHex, word } from "./bytes.js";

/** The bytes of abi.encode for a text of bytes: its length, then the bytes filled up to whole words. */
export const sized = (bytes) => join(word(bytes.length), bytes, new Uint8Array((32 - (bytes.length % 32)) % 32));

/** The bytes of abi.encode for a list of bytes: how many, where each begins, each of them. */
export function listed(signers) {
  const items = signers.map((signer) => sized(fromHex(signer)));
  let at = 32 * items.length;
  const places = items.map((item) => {
    const place = word(at);
    at += item.length;
    return place;
  });
  return join(word(items.length), ...places, ...items);
}

/** keccak(abi.encode(bytes[] trustees)) as 0x, of signers by seat. */
export const trusteesHash = (signers) => toHex(keccak(join(word(32), listed(signers))));
