// Consent to use the face: what the page shows is hashed and recorded at the verifier before a camera opens, and can be taken back here.

import { acting } from "../actions.js";
import { keccak, toHex, utf8 } from "../bytes.js";
import { all, one, part } from "../dom.js";
import { pageLanguage } from "../words.js";
import { askTicket, askVerifier, verifierRequest } from "./identity.js";
import { onLeaving, show, takeNewKey } from "./state.js";

const VERSION = "2026-11";

/** keccak of the words as they stand here, one a line: the verifier takes only texts that it has on file. */
const textHash = () => toHex(keccak(utf8(all("[data-consent]").map((node) => node.textContent.trim()).join("\n"))));

async function recordConsent() {
  await askTicket(takeNewKey());
  const consent = { version: VERSION, language: pageLanguage() === "en" ? "en" : "zh", text_hash: textHash(), agreed_at: new Date().toISOString() };
  await askVerifier("/v1/consents", { ...verifierRequest(), consent });
  part("withdrawn", false);
}

/** Who does not agree stands before the other way at once. */
function refuse() {
  one('[data-form="consent"]').reset();
  const other = one("[data-other]");
  other.scrollIntoView({ block: "start" });
  other.focus({ preventScroll: true });
}

async function withdraw() {
  await askTicket(takeNewKey());
  const { certificate } = await askVerifier("/v1/consents/withdrawal", verifierRequest());
  show("identity");
  one('[data-form="consent"]').reset();
  part("review", false);
  part("withdrawn", true);
  const link = one('[data-link="certificate"]');
  link.hidden = !certificate;
  if (certificate) {
    link.href = URL.createObjectURL(new Blob([JSON.stringify(certificate, null, 1)], { type: "application/json" }));
    link.download = "deletion-certificate.json";
  }
}

/** Connect form and buttons; `go` opens the camera. */
export function prepareConsent(go) {
  one('[data-form="consent"]').addEventListener("submit", acting(async () => {
    await recordConsent();
    await go();
  }));
  one('[data-act="refuse-face"]').addEventListener("click", refuse);
  one('[data-act="withdraw"]').addEventListener("click", acting(withdraw));
  // the next lender on this page begins afresh
  onLeaving((screen) => screen === "claim" && ["review", "withdrawn"].forEach((name) => part(name, false)));
}
