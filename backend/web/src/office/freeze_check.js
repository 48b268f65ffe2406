// Before a register is frozen an official works it out with a tool of their own; only the tool's check code unlocks the signature.
// The page knows the code, as it is the first 16 bytes of the digest that it computes itself. It shows it nowhere: an official who could
// read it here need not have run anything.

import check from "../../messages/check.json" with { type: "json" };
import { acting } from "../page/actions.js";
import { post } from "../page/api.js";
import { CODE_DIGITS, codeFits, commandFor } from "../crypto/check_code.js";
import { NO_PROOFS } from "../crypto/ranges.js";
import { make } from "../page/dom.js";
import { save, saveFile } from "../page/files.js";
import { speaker } from "../page/words.js";
import { inWords } from "./refusal.js";
import { signTyped } from "./signing.js";
import { say as sayOffice } from "./say.js";

const say = speaker({ check });
const REASON_LETTERS = 4;
const at = (act, rest) => `/api/acts/${encodeURIComponent(act.id)}/${rest}`;

function step(title, words, ...more) {
  return make("li", {}, make("strong", {}, title), make("p", {}, words), more);
}

const isProved = ({ typed_data: { message } }) => (message.rangeProofsHash ?? NO_PROOFS) !== NO_PROOFS;

function downloads(act, command) {
  const number = Number(act.typed_data.message.registerNumber);
  const password = make("output", { class: "code", "data-password": true });
  const shown = make("div", { hidden: true, role: "status" }, make("p", {}, say("check.password")), password);
  const button = (words, work) => make("p", {}, make("button", { type: "button", class: "quiet", click: acting(work) }, words));
  return [
    step(
      say("check.claims"),
      say("check.claims_words"),
      button(say("check.claims"), async () => {
        command.textContent = commandFor(act.typed_data, act.summary, (await saveFile(at(act, "claims-file"))).name);
      }),
    ),
    step(
      say("check.openings"),
      say("check.openings_words"),
      button(say("check.openings"), async () => {
        password.textContent = (await saveFile(at(act, "openings-file"), "POST")).headers.get("X-Openings-Password");
        shown.hidden = false;
      }),
      shown,
      button(say("check.act"), async () =>
        save(new Blob([JSON.stringify(act)], { type: "application/json" }), `act-register-${number}.json`),
      ),
      isProved(act) ? button(say("check.proofs"), () => saveFile(at(act, "range-proofs"))) : null,
    ),
  ];
}

function commandStep(command) {
  const copy = make(
    "button",
    {
      type: "button",
      class: "quiet",
      click: acting(async () => {
        await navigator.clipboard.writeText(command.textContent);
        copy.textContent = say("check.copied");
      }),
    },
    say("check.copy"),
  );
  return step(say("check.run"), say("check.run_words"), command, make("p", {}, copy));
}

function codeForm(act, sign) {
  const input = make("input", { name: "check_code", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "100" });
  const verdict = make("p", { role: "status", hidden: true });
  const button = make("button", { type: "submit", disabled: true }, sayOffice("office.act_sign"));
  input.addEventListener("input", () => {
    const digits = input.value.replace(/\s/g, "").length;
    const fits = codeFits(act.typed_data, input.value);
    button.disabled = !fits;
    verdict.hidden = digits < CODE_DIGITS;
    verdict.className = fits ? "notice" : "refusal";
    verdict.textContent = say(fits ? "check.code_fits" : "check.code_differs");
  });
  return make(
    "form",
    {
      "data-check": "code",
      submit: acting(async () => {
        if (!codeFits(act.typed_data, input.value)) throw inWords(say("check.code_differs"));
        await sign({ check_code: input.value });
      }),
    },
    make("label", {}, say("check.code"), input),
    verdict,
    button,
  );
}

function reasonForm(sign) {
  const reason = make("textarea", { name: "unchecked_reason", rows: "2", maxlength: "500", required: true });
  return make(
    "details",
    {},
    make("summary", {}, say("check.unchecked")),
    make(
      "form",
      {
        "data-check": "unchecked",
        submit: acting(async () => {
          if ((reason.value.match(/[\p{L}\p{N}]/gu) ?? []).length < REASON_LETTERS) throw inWords(say("check.reason_missing"));
          await sign({ unchecked_reason: reason.value });
        }),
      },
      make("p", {}, say("check.unchecked_words")),
      make("label", {}, say("check.reason"), reason),
      make("button", { type: "submit", class: "quiet" }, say("check.unchecked_sign")),
    ),
  );
}

/** The four steps before a register's freeze is signed, and the way without them. */
export function checkSteps(act, theCase, redraw) {
  const suffix = /\.xlsx$/i.test(act.summary.file_name ?? "") ? "xlsx" : "csv";
  const claims = `claims-register-${Number(act.typed_data.message.registerNumber)}.${suffix}`;
  const command = make("pre", { class: "command", "data-command": true, tabindex: "0" }, commandFor(act.typed_data, act.summary, claims));
  const sign = async (how) => {
    await post(at(act, "signatures"), { ...(await signTyped(act.typed_data, "RegisterFreeze", theCase)), ...how });
    await redraw();
  };
  return make(
    "div",
    { class: "check" },
    make("h5", {}, say("check.title")),
    make("p", {}, say("check.why")),
    make("ol", {}, downloads(act, command), commandStep(command), step(say("check.code"), say("check.code_words"), codeForm(act, sign))),
    reasonForm(sign),
  );
}

/** How each official who signed says to have checked; nothing for acts where that is not asked. */
export function checksOf({ kind, signatures }) {
  if (kind !== "register_freeze" || !signatures.length) return null;
  const lines = signatures.map(({ official, checked, unchecked_reason: reason }) =>
    make("li", checked === "tool" ? {} : { class: "refusal" }, say("check.by_" + checked, { official, reason })),
  );
  return make("ul", { "data-checks": true }, lines);
}
