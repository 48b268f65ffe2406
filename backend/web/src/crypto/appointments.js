// Who is appointed as a case's trustees, as officials sign it (protocol §5).

import { fromHex, join, keccak, toHex, word } from "./bytes.js";

/** The bytes of abi.encode for a text of bytes: its length, then the bytes filled up to whole words. */
const sized = (bytes) => join(word(bytes.length), bytes, new Uint8Array((32 - (bytes.length % 32)) % 32));

/** keccak(abi.encode(bytes[] trustees)) as 0x, of signers by seat. */
export function trusteesHash(signers) {
  const items = signers.map((signer) => sized(fromHex(signer)));
  let at = 32 * items.length;
  const places = items.map((item) => {
    const place = word(at);
    at += item.length;
    return place;
  });
  return toHex(keccak(join(word(32), word(items.length), ...places, ...items)));
}
