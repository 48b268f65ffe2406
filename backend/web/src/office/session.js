// Signing in and out of an office, and the signing key that stays in this page's memory.

import { closeSession, openSession, post, remember } from "../page/api.js";
import { acting, showFault, whenSessionEnds } from "../page/actions.js";
import { all, fill, list, make, one } from "../page/dom.js";
import { isLocked, openKeyFile, PasswordWrong } from "../crypto/key_files.js";
import { addressOf, sign } from "../crypto/protocol.js";
import { drawRenewal, offerOwnAccount } from "./own_account.js";
import { openPasskey, passkeySigner, signByPasskey } from "./passkey.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const DESKS = { admin: "/administrator", official: "/officials", institution: "/institution" };
/** @type {Uint8Array | null} */
let key = null;
let lockedText = ""; // a chosen key file that waits for its password

/** The visitor's signature over a digest, and the signer: the chosen key file, else the passkey. Throws a refusal in words when there is neither. */
export async function signDigest(digest) {
  if (key) return { signer: addressOf(key), signature: sign(digest, key) };
  if (!passkeySigner()) throw inWords(say("common.key_missing"));
  return { signer: passkeySigner(), signature: await signByPasskey(digest) };
}

function forgetKey() {
  if (!one("#key")) return; // a desk at which nothing is signed
  eraseKey();
  lockedText = "";
  askPassword(false);
  one("#key").value = "";
}

function eraseKey() {
  key?.fill(0);
  key = null;
  fill("key", "");
}

async function takeKeyFile(input) {
  const file = input.files[0];
  eraseKey();
  lockedText = "";
  const text = file ? await file.text() : "";
  askPassword(isLocked(text));
  if (isLocked(text)) {
    if (!globalThis.crypto?.subtle) throw inWords(say("common.key_insecure"));
    lockedText = text;
    fill("key", say("common.key_locked"));
    one("#key-password").focus();
  } else if (file) await open(text);
}

async function unlock() {
  const password = one("#key-password").value;
  fill("key", say("common.key_opening"));
  try {
    await open(lockedText, password);
    askPassword(false);
  } catch (error) {
    fill("key", "");
    throw error;
  }
}

async function open(text, password) {
  try {
    key = await openKeyFile(text, password);
  } catch (error) {
    throw inWords(
      error instanceof PasswordWrong ? say("common.key_password_wrong") : say("common.key_wrong", { form: '{"private_key": "0x…"}' }),
    );
  }
  fill("key", say("common.key_ready", { address: addressOf(key) }));
}

function askPassword(asked) {
  one('[data-part="key-password"]').hidden = !asked;
  one("#key-password").value = "";
}

function show(name) {
  if (name !== "desk") for (const place of ["secrets", "own-account"]) list(place, []); // shown once means once
  if (name !== "renewal") list("renewal", []);
  for (const screen of all("[data-screen]")) screen.hidden = screen.dataset.screen !== name;
  return one(`[data-screen="${name}"]`);
}

function showOwnDesk(role) {
  const address = DESKS[role];
  list("own-desk", address ? [make("a", { class: "button quiet", href: address }, say("common.own_desk_" + role))] : []);
  show("role-wrong");
}

function showRenewal(due, done) {
  list("renewal", drawRenewal(due, done));
  one("h2", show("renewal")).focus();
}

/** Open an office: sign in if need be, then `openDesk` whenever the desk should be drawn again. */
export async function openOffice(openDesk) {
  const role = one("#office").dataset.role;

  async function enter(session) {
    if (!session.role) return void show("sign-in");
    if (session.role !== role) return showOwnDesk(session.role);
    whenSessionEnds(() => {
      whenSessionEnds(null);
      forgetKey();
      return show("sign-in");
    });
    if (session.renewal_due.length) return showRenewal(session.renewal_due, enter);
    fill("who", say("common.signed_in_as", { name: session.name }));
    show("desk");
    offerOwnAccount();
    if (one("#key")) await openPasskey(session);
    await openDesk();
  }

  one('[data-form="sign-in"]').addEventListener(
    "submit",
    acting(async (form) => {
      /** @type {Record<string, any>} */
      const { name, password, code } = Object.fromEntries(new FormData(form));
      const session = remember(await post("/api/session", { name: name.trim(), password, code: code.replace(/\s/g, "") }));
      form.reset();
      await enter(session);
    }),
  );
  for (const button of all('[data-act="sign-out"]'))
    button.addEventListener(
      "click",
      acting(async () => {
        whenSessionEnds(null);
        forgetKey();
        await closeSession();
        show("sign-in");
      }),
    );
  one('[data-act="refresh"]').addEventListener("click", acting(openDesk));
  one("#key")?.addEventListener("change", acting(takeKeyFile));
  one('[data-act="unlock-key"]')?.addEventListener("click", acting(unlock));
  try {
    await enter(await openSession());
  } catch (error) {
    showFault(show("sign-in"), error);
  }
}
