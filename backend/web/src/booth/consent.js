// Consent to use the face: what the page shows is hashed, signed by the ballot key and recorded at the verifier before a camera opens. The same key
// takes it back; what is stored of the face is erased once the verifier has met the lender with that key.

import { acting, tell } from "../page/actions.js";
import { keccak, toHex, utf8 } from "../crypto/bytes.js";
import { all, fill, one, part } from "../page/dom.js";
import { digest, sign } from "../crypto/protocol.js";
import { pageLanguage } from "../page/words.js";
import { askTicket, askVerifier, onAccepted, verifierRequest } from "./identity.js";
import { onLeaving, presentKey, screenElement, show, state, takeNewKey } from "./state.js";

const VERSION = "2027-01";
const NO_TEXT = "0x" + "00".repeat(32);

/** keccak of the words as they stand here, one a line: the verifier takes only texts that it has on file. */
const textHash = () =>
  toHex(
    keccak(
      utf8(
        all("[data-consent]")
          .map((node) => node.textContent.trim())
          .join("\n"),
      ),
    ),
  );

/** What the ballot key says now, never before what it said last (protocol §15.2, FaceConsent). */
function saying(text, agreed) {
  state.saidAt = Math.max(Math.floor(Date.now() / 1000), state.saidAt + 1);
  const message = { index: state.ticket.index, textHash: text, agreed, saidAt: state.saidAt };
  return sign(digest(state.poll.chain_id, state.poll.address, "FaceConsent", message), state.key);
}

async function recordConsent() {
  await askTicket(takeNewKey());
  const text = textHash();
  const signature = saying(text, true);
  const agreedAt = new Date(state.saidAt * 1000).toISOString();
  const consent = { version: VERSION, language: pageLanguage() === "en" ? "en" : "zh", text_hash: text, agreed_at: agreedAt };
  await askVerifier("/v1/consents", { ...verifierRequest(), consent, signature });
  state.erasing = false;
  part("withdrawn", false);
}

/** Who does not agree stands before the other way at once. */
function refuse() {
  one('[data-form="consent"]').reset();
  const other = one("[data-other]");
  other.scrollIntoView({ block: "start" });
  other.focus({ preventScroll: true });
}

async function askToErase() {
  const signature = saying(NO_TEXT, false);
  const answer = await askVerifier("/v1/consents/withdrawal", { ...verifierRequest(), said_at: state.saidAt, signature });
  state.erasing = !answer.erased;
  return answer;
}

async function withdraw() {
  await askTicket(presentKey());
  state.erasing = true; // also where this key may not ask for it: it is done when the verifier has met the lender
  const answer = await askToErase();
  show("identity");
  one('[data-form="consent"]').reset();
  part("review", false);
  showAnswer("withdrawn", answer);
}

/** What the verifier did, in its words, with the certificate when there is one. */
function showAnswer(name, { certificate, reason_zh: zh, reason_en: en }) {
  fill(name, pageLanguage() === "en" ? en : zh);
  part(name, true);
  const link = one(`[data-link="${name}-certificate"]`);
  link.hidden = !certificate;
  if (certificate) {
    link.href = URL.createObjectURL(new Blob([JSON.stringify(certificate, null, 1)], { type: "application/json" }));
    link.download = "deletion-certificate.json";
  }
}

async function eraseNow() {
  if (!state.erasing) return;
  try {
    showAnswer("erased", await askToErase());
  } catch (error) {
    tell(screenElement(), error); // the vote goes on
  }
}

/** Connect form and buttons; `go` opens the camera. */
export function prepareConsent(go) {
  one('[data-form="consent"]').addEventListener(
    "submit",
    acting(async () => {
      await recordConsent();
      await go();
    }),
  );
  one('[data-act="refuse-face"]').addEventListener("click", refuse);
  one('[data-act="withdraw"]').addEventListener("click", acting(withdraw));
  onAccepted(eraseNow);
  // the next lender on this page begins afresh
  onLeaving((screen) => {
    if (screen !== "claim") return;
    state.erasing = false;
    ["review", "withdrawn", "erased"].forEach((name) => part(name, false));
  });
}
