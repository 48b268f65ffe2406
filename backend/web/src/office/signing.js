// What is signed, said in words before it is signed.

import { make, row } from "../page/dom.js";
import { digestOf, toHex } from "../crypto/protocol.js";
import { yuan } from "../page/numbers.js";
import { beijing, pageLanguage } from "../page/words.js";
import { inWords } from "./refusal.js";
import { signDigest } from "./session.js";
import { label, say } from "./say.js";

/** The sentence for typed data of ours. */
export function sentenceOf({ primaryType, message }) {
  if (primaryType === "Attestation") return say("common.sign_Attestation_" + (message.approve === true));
  if (primaryType.endsWith("PollAnnouncement") && message.rehearsal === true) return say(`common.sign_${primaryType}_rehearsal`, message);
  const facts = primaryType === "Voucher" ? { method: say("common.method_" + Number(message.method)) } : message;
  return say("common.sign_" + primaryType, facts);
}

/** Sentence, contract, every signed field and, if wanted, the digest as nodes; throws nothing, but says when it is not ours. */
export function describe(typedData, { withDigest = true } = {}) {
  try {
    const { domain, message } = typedData;
    const fields = Object.entries(message).map(([name, value]) => row(name, String(value), "hash"));
    return make(
      "div",
      {},
      make("p", { class: "notice" }, make("strong", {}, say("common.signed_text")), make("br"), sentenceOf(typedData)),
      make(
        "details",
        {},
        make("summary", {}, say("common.close_details")),
        make(
          "dl",
          { class: "rows" },
          ...fields,
          row(say("common.contract"), domain.verifyingContract, "hash"),
          row(say("common.chain"), String(domain.chainId)),
          withDigest ? row(say("common.fingerprint"), toHex(digestOf(typedData)), "hash") : null,
        ),
      ),
    );
  } catch {
    return make("p", { class: "refusal" }, say("common.typed_unknown"));
  }
}

/** Whether the page could work out what is signed from what it shows. */
export const checkOf = (agrees) =>
  make("p", { class: agrees ? "notice" : "refusal" }, say(agrees ? "office.act_check_good" : "office.act_check_bad"));

/** Sign typed data for one contract on one chain, and nothing but a type that is expected here: `{ signer, signature }`. */
export async function signTyped(typedData, type, { address, chain_id: chainId }) {
  const { verifyingContract, chainId: onChain } = typedData?.domain ?? {};
  const ours =
    typedData?.primaryType === type && String(verifyingContract).toLowerCase() === address.toLowerCase() && Number(onChain) === chainId;
  if (!ours) throw inWords(say("common.typed_unknown"));
  let digest;
  try {
    digest = digestOf(typedData);
  } catch {
    throw inWords(say("common.typed_unknown"));
  }
  return signDigest(digest);
}

function inText(key, value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => inText(key, item)).join("; ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, item]) => `${label(name)}: ${inText(name, item)}`)
      .join(", ");
  if (typeof value === "boolean") return say("common.yes_" + value);
  if (key.endsWith("_fen")) return say("common.yuan", { yuan: yuan(value) });
  if (key.endsWith("_seconds") && value % 86400 === 0) return say("office.days", { count: value / 86400 });
  if (key.endsWith("_seconds"))
    return value % 60 === 0 ? say("office.minutes", { count: value / 60 }) : say("office.seconds", { count: value });
  if (key.endsWith("_at")) return beijing(value);
  if (key === "stage") return say("common.stage_" + value);
  return String(value);
}

/** Whether a fact of a summary is for this reader: ids are not, nor the other language, nor times already said by the page. */
function isShown(key) {
  const other = pageLanguage() === "en" ? "_zh" : "_en";
  return !key.endsWith(other) && !key.endsWith("_beijing") && !key.endsWith("_id");
}

/** A summary's facts as rows. */
export function summaryRows(summary) {
  const rows = Object.entries(summary ?? {})
    .filter(([key]) => isShown(key))
    .map(([key, value]) => {
      const text = inText(key, value);
      return row(label(key.replace(/_(zh|en)$/, "_words")), text, /0x[0-9a-f]{16}/.test(text) ? "hash" : "");
    });
  return make("dl", { class: "rows" }, rows);
}
