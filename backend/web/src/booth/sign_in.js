// Phone number, code, which of several lenders; or a code that staff gave to somebody without a phone.

import { post, remember } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, one, part } from "../page/dom.js";
import { openClaim } from "./claim.js";
import { say } from "./say.js";
import { lenderPath, show, state } from "./state.js";

let countdown;

/** Begin with the phone number. */
export function askPhone() {
  one("#phone").readOnly = false;
  part("look-only", state.poll.stage !== "open");
  show("phone");
}

async function sendCode() {
  const answer = await post(lenderPath("code"), { phone: state.phone });
  fill("code-sent", say("booth.code_sent", { phone: state.phone }));
  restResend(answer.resend_after_seconds ?? 60);
}

function askCode() {
  one("#phone").readOnly = true;
  show("code");
  one("#code").focus();
}

function restResend(seconds) {
  const button = one('[data-act="code-again"]');
  const until = Date.now() + seconds * 1000;
  window.clearInterval(countdown);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? say("booth.code_again_in", { seconds: left }) : say("booth.code_again");
    if (left <= 0) window.clearInterval(countdown);
  };
  countdown = window.setInterval(tick, 500);
  tick();
}

async function signIn(known = {}) {
  const answer = await post(lenderPath("session"), { phone: state.phone, code: state.code, ...known });
  if (answer.document_signs) {
    askWho(answer.document_signs, answer.name_needed);
    return;
  }
  await enter(answer);
}

async function enter(answer) {
  remember(answer);
  state.code = "";
  for (const form of ["who", "entry"]) one(`[data-form="${form}"]`).reset();
  await openClaim();
}

/** Several lenders have this phone: each knows their own document number, and no name is shown. */
function askWho(signs, nameNeeded) {
  fill("who-label", say(nameNeeded ? "booth.who_whole" : "booth.who_end", { signs }));
  part("who-name", nameNeeded);
  one("#full-name").required = nameNeeded;
  show("who");
  one("#document-end").focus();
}

/** Full-width digits, spaces and dashes as people type them. */
const digits = (text) => text.normalize("NFKC").replace(/[\s-]/g, "");

/** Connect forms and buttons. */
export function prepareSignIn() {
  one('[data-form="phone"]').addEventListener(
    "submit",
    acting(async (form) => {
      state.phone = digits(form.elements.phone.value);
      try {
        await sendCode();
        askCode();
      } catch (error) {
        if (error.code !== "CodeTooSoon") throw error;
        // after a reload, say: the code sent before still serves, so there must be a place to enter it
        askCode();
        fill("code-sent", error.message);
        restResend(error.details.retry_after_seconds ?? 60);
      }
    }),
  );
  one('[data-form="code"]').addEventListener(
    "submit",
    acting(async (form) => {
      state.code = digits(form.elements.code.value);
      await signIn();
      form.reset();
    }),
  );
  one('[data-form="who"]').addEventListener(
    "submit",
    acting((form) => signIn({ document_end: form.elements.document_end.value, full_name: form.elements.full_name.value })),
  );
  one('[data-form="entry"]').addEventListener(
    "submit",
    acting(async (form) => {
      const { entry_code: code, entry_end: end } = form.elements;
      await enter(await post(lenderPath("entry"), { code: code.value, document_end: end.value }));
    }),
  );
  one('[data-act="code-again"]').addEventListener("click", acting(sendCode));
  one('[data-act="other-phone"]').addEventListener(
    "click",
    acting(() => askPhone()),
  );
}
