// Vectors of the key ceremony: ceremony.json.
import { hex, raw, word } from "../bytes.mjs";
import { bytesOf, commit, signerOf } from "../math/curve.mjs";
import { keyOf, secretFrom } from "../math/ceremony.mjs";
import { Domain } from "../math/typed.mjs";

const copy = (value) => structuredClone(value);

/** Transcripts that a trustee would not have signed, and where. */
function checkSpoiled(one, equal) {
  /** @type {[string, string, number | null, Function][]} */
  const tries = [
    ["another roll", "roll", null, (t) => (t.trustees[0].transport = t.trustees[1].transport)],
    ["a dealing less", "dealings", null, (t) => t.dealings.pop()],
    ["a commitment less", "commitments", 1, (t) => t.dealings[1].commitments.pop()],
    ["a commitment that is no point", "commitments", 0, (t) => (t.dealings[0].commitments[0] = `0x02${"00".repeat(31)}05`)],
    ["a share less", "shares", 1, (t) => t.dealings[1].shares.pop()],
    ["swapped shares", "signature", 1, (t) => t.dealings[1].shares.reverse()],
    ["another's dealing", "signature", 1, (t) => (t.dealings[1] = t.dealings[0])],
    ["a signature in capitals", "signature", 0, (t) => (t.dealings[0].signature = `0x${t.dealings[0].signature.slice(2).toUpperCase()}`)],
    ["another's possession", "possession", 1, (t) => (t.dealings[1].possession = t.dealings[0].possession)],
  ];
  for (const [name, wrong, seat, change] of tries) {
    const transcript = copy(JSON.parse(one.transcript));
    change(transcript);
    const found = keyOf(transcript, raw(one.case), one.chain_id);
    equal(name, `${found.wrong} ${found.seat}`, `${wrong} ${seat}`);
  }
}

export function ceremony({ ceremonies }, equal) {
  for (const one of ceremonies) {
    const found = keyOf(JSON.parse(one.transcript), raw(one.case), one.chain_id);
    const { key, shareKeys = [], rollHash = raw("0x"), transcriptHash = raw("0x") } = found;
    equal("roll", hex(rollHash), one.roll_hash);
    equal("transcript", hex(transcriptHash), one.transcript_hash);
    equal("key", String(key?.map((number) => hex(word(number)))), String([one.key.x, one.key.y]));
    equal("share keys", String(shareKeys.map(hex)), String(one.share_keys));
    const domain = new Domain(BigInt(one.chain_id), raw(one.case), 4);
    const values = [...(key ?? []), BigInt(one.threshold), shareKeys, rollHash, transcriptHash];
    equal("seal key", hex(domain.struct("SealKey", ...values)), one.seal_key_hash);
    const digest = domain.digest("SealKey", ...values);
    one.confirmations.forEach((signed, seat) => {
      equal("confirmation by the share", hex(signerOf(digest, raw(signed.share))), one.share_keys[seat]);
      equal("confirmation by the identity", hex(signerOf(digest, raw(signed.identity))), one.identities[seat]);
    });
    for (const { seats, result, opens } of one.subsets) {
      const secret = secretFrom(seats.map((seat) => [seat, BigInt(one.shares[seat])]));
      equal(`seats ${seats}`, hex(word(secret)), result);
      equal(`seats ${seats} open`, hex(bytesOf(commit(secret, 0n))) === hex(Buffer.concat([raw(one.key.x), raw(one.key.y)])), opens);
    }
    checkSpoiled(one, equal);
  }
}
