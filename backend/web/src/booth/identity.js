// Proving to be here: by face after a separate consent, or by two officials.

import { NoAnswer, Refusal, post, postToVerifier } from "../api.js";
import { acting, showFault } from "../actions.js";
import { all, fill, one } from "../dom.js";
import { isCredentialFor } from "../protocol.js";
import { pageLanguage } from "../words.js";
import { closeCamera, openCamera, photoFromFile, photoFromVideo } from "./camera.js";
import { say } from "./say.js";
import { lenderPath, onLeaving, screenNow, show, state, takeNewKey } from "./state.js";

const CONSENT_VERSION = "2026-01";
let agreedAt = "";

/** A ticket for a key: the service says that this lender's phone code was right. */
export async function askTicket(ballotKey) {
  const ticket = await post(lenderPath("ticket"), { ballot_key: ballotKey });
  state.ticket = { ...ticket, ballot_key: ballotKey };
  return state.ticket;
}

/** What every request to the verifier begins with. */
export function verifierRequest() {
  const { index, ballot_key: ballotKey, expires_at: expiresAt, signature } = state.ticket;
  return { poll: state.poll.address, index, ballot_key: ballotKey, ticket: { expires_at: expiresAt, signature } };
}

/** Send something to the verifier itself, past the service. */
export async function askVerifier(path, body) {
  const base = (state.ticket.verifier_url || state.poll.verifier_url).replace(/\/$/, "");
  try {
    return await postToVerifier(base + path, body);
  } catch (error) {
    throw error instanceof NoAnswer ? new NoAnswer(say("booth.verifier_away")) : error;
  }
}

/** Keep a credential that is really one for this lender, key and poll, and go on to the choice. */
export function acceptCredential(credential) {
  const { index, ballot_key: ballotKey } = state.ticket;
  if (!isCredentialFor(credential, index, ballotKey, state.poll)) throw refusalInWords(say("booth.credential_wrong"));
  state.credential = { ...credential, ballot_key: ballotKey };
  fill("choice-words", say("booth.choice_words", { title: state.plan.title }));
  one('[data-form="choice"]').reset();
  show("choice");
}

const refusalInWords = (sentence) => new Refusal(0, { message: sentence, message_zh: sentence, message_en: sentence });

async function startCamera() {
  show("camera");
  const take = one('[data-act="take-photo"]');
  const again = one('[data-act="open-camera"]');
  take.disabled = true;
  again.hidden = true;
  const video = one("[data-video]");
  video.hidden = false;
  const failure = await openCamera(video);
  if (screenNow() !== "camera") {
    closeCamera();
    return;
  }
  take.disabled = Boolean(failure);
  again.hidden = !failure;
  video.hidden = Boolean(failure);
  if (failure) showFault(one('[data-screen="camera"]'), refusalInWords(say("booth.camera_" + failure)));
}

async function checkFace(photo) {
  fill("camera-busy", say("booth.camera_checking"));
  try {
    await askTicket(takeNewKey());
    const form = new FormData();
    const consent = { version: CONSENT_VERSION, agreed_at: agreedAt };
    form.append("request", JSON.stringify({ ...verifierRequest(), consent }));
    form.append("probe", photo, "probe.jpg");
    const answer = await askVerifier("/v1/credentials/face", form);
    if (answer.decision === "accepted" && answer.credential) {
      acceptCredential(answer.credential);
      return;
    }
    const reason = answer[pageLanguage() === "en" ? "reason_en" : "reason_zh"];
    const more = answer.decision === "again" && answer.attempts_left > 0 ? say("booth.attempts_left", { count: answer.attempts_left }) : "";
    if (answer.decision === "official") show("officials");
    showFault(one(`[data-screen="${screenNow()}"]`), refusalInWords([reason, more].filter(Boolean).join(" ")));
  } finally {
    fill("camera-busy", "");
  }
}

async function checkFile(input) {
  const file = input.files[0];
  if (!file) return;
  input.value = "";
  let photo;
  try {
    photo = await photoFromFile(file);
  } catch {
    throw refusalInWords(say("booth.camera_file_wrong"));
  }
  await checkFace(photo);
}

/** Connect forms and buttons. */
export function prepareIdentity() {
  one('[data-act="by-face"]').addEventListener("click", acting(() => {
    one('[data-form="consent"]').reset();
    show("consent");
  }));
  for (const button of all('[data-act="by-officials"]')) button.addEventListener("click", acting(() => show("officials")));
  for (const button of all('[data-act="to-identity"]')) button.addEventListener("click", acting(() => show("identity")));
  one('[data-form="consent"]').addEventListener("submit", acting(async () => {
    agreedAt = new Date().toISOString();
    await startCamera();
  }));
  one('[data-act="open-camera"]').addEventListener("click", acting(startCamera));
  one('[data-act="take-photo"]').addEventListener("click", acting(async () => checkFace(await photoFromVideo(one("[data-video]")))));
  one("#photo").addEventListener("change", acting(checkFile));
  onLeaving((screen) => screen === "camera" && closeCamera());
}
