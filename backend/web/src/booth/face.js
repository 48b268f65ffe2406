// By face: a session of movements that the verifier asks for, or one photo where the verifier asks for none.

import { getFromVerifier } from "../page/api.js";
import { acting, showFault } from "../page/actions.js";
import { fill, one, part } from "../page/dom.js";
import { pageLanguage } from "../page/words.js";
import { closeCamera, openCamera, photoFromFile, photoFromVideo } from "./camera.js";
import { acceptCredential, askTicket, askVerifier, refusalInWords, verifierBase, verifierRequest } from "./identity.js";
import { prepareConsent } from "./consent.js";
import { collectFrames } from "./frames.js";
import { say } from "./say.js";
import { onLeaving, presentKey, screenElement, screenNow, show } from "./state.js";

const BUSY_MILLISECONDS = 1000;
let live = true;
let visit = 0; // raised when the camera is left, so that an answer under way says nothing any more

const inWords = ({ reason_zh: zh, reason_en: en }) => (pageLanguage() === "en" ? en : zh);

async function startCamera() {
  show("camera");
  part("review", false);
  const mine = ++visit;
  const [take, again, video] = [one('[data-act="take-photo"]'), one('[data-act="open-camera"]'), one("[data-video]")];
  take.disabled = true;
  again.hidden = true;
  video.hidden = false;
  fill("asked", "");
  const [failure, health] = await Promise.all([openCamera(video), getFromVerifier(verifierBase() + "/healthz").catch(() => ({}))]);
  if (mine !== visit) {
    if (screenNow() !== "camera") closeCamera();
    return;
  }
  live = health.liveness === "required";
  take.hidden = live;
  part("photo-file", !live);
  take.disabled = Boolean(failure);
  again.hidden = !failure;
  video.hidden = Boolean(failure);
  if (failure) showFault(screenElement(), refusalInWords(say("booth.camera_" + failure)));
  else if (live) await holdSession(video, mine);
}

/** From the first frame to the decision; every way out leaves a button. */
async function holdSession(video, mine) {
  const again = one('[data-act="open-camera"]');
  const collector = collectFrames(video);
  try {
    await askTicket(presentKey()); // the key that agreed
    let view = await askVerifier("/v1/sessions", { ...verifierRequest(), device: device() });
    while (view.state === "watching" && mine === visit) {
      showStep(view);
      view = await sendFrames(view, await collector.next());
    }
    if (mine !== visit) return;
    fill("asked", "");
    if (view.state === "ready") await decide(view, mine);
    else settle({ ...view, decision: view.state === "official" ? "official" : "again" });
  } finally {
    collector.stop();
    if (mine === visit) {
      fill("camera-busy", "");
      again.hidden = false;
    }
  }
}

function showStep(view) {
  const { number, of, zh, en } = view.step;
  const words = pageLanguage() === "en" ? en : zh;
  const asked = number > 0 ? say("booth.asked", { number, of, words }) : words;
  // the same words again would be read aloud again
  if (one('[data-fill="asked"]').textContent !== asked) fill("asked", asked);
  fill("camera-busy", inWords(view));
}

async function sendFrames(view, frames) {
  const form = new FormData();
  form.append("nonce", view.nonce);
  for (const frame of frames) form.append("frame", frame, "frame.jpg");
  try {
    return await askVerifier(`/v1/sessions/${encodeURIComponent(view.id)}/frames`, form);
  } catch (error) {
    if (error.status !== 503) throw error;
    await new Promise((wake) => window.setTimeout(wake, BUSY_MILLISECONDS)); // the verifier asks for a moment and the same frames
    return sendFrames(view, frames);
  }
}

async function decide(view, mine) {
  fill("camera-busy", say("booth.camera_checking"));
  const answer = await askVerifier(`/v1/sessions/${encodeURIComponent(view.id)}/decision`, { nonce: view.nonce });
  if (mine === visit) settle(answer);
}

async function checkPhoto(photo) {
  fill("camera-busy", say("booth.camera_checking"));
  const mine = visit;
  try {
    await askTicket(presentKey());
    const form = new FormData();
    form.append("request", JSON.stringify(verifierRequest()));
    form.append("probe", photo, "probe.jpg");
    const answer = await askVerifier("/v1/credentials/face", form);
    if (mine === visit) settle(answer);
  } finally {
    fill("camera-busy", "");
  }
}

/** What the verifier decided: on to the choice, once more, or the officials. */
function settle(answer) {
  if (answer.decision === "accepted" && answer.credential) {
    acceptCredential(answer.credential);
    return;
  }
  const more = answer.decision === "again" && answer.attempts_left > 0 ? say("booth.attempts_left", { count: answer.attempts_left }) : "";
  if (answer.decision === "official") show("identity");
  part("review", true); // a machine said no: people may be asked at once
  showFault(screenElement(), refusalInWords([inWords(answer), more].filter(Boolean).join(" ")));
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
  await checkPhoto(photo);
}

/** A random name of this browser for this poll's verifier, to keep one phone from trying many faces. */
function device() {
  const place = "lendervote.device";
  try {
    const kept =
      localStorage.getItem(place) ??
      Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem(place, kept);
    return kept;
  } catch {
    return ""; // private browsing without storage
  }
}

/** Connect forms and buttons. */
export function prepareFace() {
  prepareConsent(startCamera);
  one('[data-act="open-camera"]').addEventListener("click", acting(startCamera));
  one('[data-act="take-photo"]').addEventListener(
    "click",
    acting(async () => checkPhoto(await photoFromVideo(one("[data-video]")))),
  );
  one("#photo").addEventListener("change", acting(checkFile));
  one('[data-act="to-identity"]').addEventListener(
    "click",
    acting(() => show("identity")),
  );
  onLeaving((screen) => {
    if (screen !== "camera") return;
    visit += 1;
    closeCamera();
  });
}
