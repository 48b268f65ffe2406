// Who is in office in a case, who comes after them, and the list of successors that officials sign (protocol §24).

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { beijing } from "../page/words.js";
import { fault } from "./case.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const DAY = 86_400;
const MINUTE = 60;
const FIRST_PROTOCOL = 5;
const at = (theCase, rest = "") => `/api/cases/${encodeURIComponent(theCase.id)}/successions${rest}`;

/** Whether this account is an official of a generation, by its number; of those in office unless told otherwise. */
export const sitsIn = (theCase, accountId, generation = theCase.generation) =>
  theCase.generations.find(({ number }) => number === generation).officials.some(({ account_id: id }) => id === accountId);

/** A notice in words: days, or minutes in a rehearsal. */
const noticeOf = (seconds) =>
  seconds % DAY === 0 ? say("office.days", { count: seconds / DAY }) : say("office.minutes", { count: Math.round(seconds / MINUTE) });

/** Successors as people write them: one a line, the name, then an account or a signing key, or both. Throws a Refusal naming the line that is none. */
export function successorsIn(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, place) => {
      const [, name, account, signer] = /^([^,，]+)[,，]\s*(?:(?!0x)([^,，\s]+))?[,，]?\s*(0x[0-9a-fA-F]+)?$/.exec(line) ?? [];
      if (!name || !(account || signer)) throw inWords(say("office.succession_line_unread", { line: place + 1 }));
      return { name: name.trim(), ...(account ? { account_name: account } : {}), ...(signer ? { signer: signer.toLowerCase() } : {}) };
    });
}

/** The list that is signed, in words: who comes, who stays, who goes, and what takes effect when. */
export function aboutSuccession({ summary }) {
  const comes = ({ stays }) => say(stays ? "office.succession_stays" : "office.succession_comes");
  const { institution, leaving } = summary;
  return make(
    "div",
    { "data-succession": true },
    make("p", {}, say("office.succession_effect", { notice: noticeOf(summary.notice_seconds) })),
    make(
      "dl",
      { class: "rows" },
      summary.officials.map((one) => row(`${one.name} · ${comes(one)}`, one.signer, "hash")),
      leaving.length ? row(say("office.succession_leaving"), leaving.join("、")) : null,
      row(
        say("office.succession_threshold"),
        say("office.succession_of", { threshold: summary.threshold, count: summary.officials.length }),
      ),
      row(`${say("office.succession_institution")} · ${comes(institution)}`, `${institution.name} ${institution.signer}`, "hash"),
      row(say("office.succession_reason"), summary.reason),
    ),
  );
}

const people = ({ officials, threshold, institution }) => [
  row(say("office.succession_officials"), officials.map(({ name }) => name).join("、")),
  row(say("office.succession_threshold"), say("office.succession_of", { threshold, count: officials.length })),
  row(say("office.succession_institution"), institution.name),
];

/** What waits: from when it holds, and how it is taken back or brought into office. */
function drawWaiting(theCase, waiting, maySign, redraw) {
  const send = (rest) =>
    acting(async () => {
      await post(at(theCase, rest));
      await redraw();
    });
  const due = Date.parse(waiting.holds_from) <= Date.now();
  const button = (kind, words, rest) => make("button", { type: "button", class: kind, click: send(rest) }, say(words));
  return make(
    "div",
    { class: "notice", "data-waiting": waiting.number },
    make("p", {}, say("office.succession_waits", { number: waiting.number, moment: beijing(waiting.holds_from) })),
    make("dl", { class: "rows" }, people(waiting), waiting.reason ? row(say("office.succession_reason"), waiting.reason) : null),
    fault(),
    make(
      "p",
      { class: "acts" },
      button("", "office.succession_complete", "/completion"),
      maySign && !due ? button("quiet", "office.succession_withdraw", "/withdrawal") : null,
    ),
  );
}

const field = (words, properties) => make("label", {}, say(words), make("input", properties));

/** The new institution's fields; empty ones leave the present one in its place. */
const institutionFields = () =>
  make(
    "details",
    {},
    make("summary", {}, say("office.succession_institution_new")),
    make("p", { class: "hint" }, say("office.succession_institution_words")),
    field("office.succession_institution_name", { name: "institution_name", maxlength: "100" }),
    field("office.succession_institution_code", { name: "institution_code", maxlength: "40", class: "hash" }),
    field("office.succession_institution_account", { name: "institution_account", maxlength: "64", autocapitalize: "none" }),
    field("office.succession_institution_signer", { name: "institution_signer", maxlength: "180", class: "hash" }),
  );

function institutionIn({ elements }) {
  const name = elements.institution_name.value.trim();
  if (!name) return {};
  const signer = elements.institution_signer.value.trim().toLowerCase();
  return {
    institution: { name, credit_code: elements.institution_code.value.trim(), ...(signer ? { signer } : {}) },
    institution_account_name: elements.institution_account.value.trim(),
  };
}

function proposalForm(theCase, redraw) {
  const unit = theCase.rehearsal ? MINUTE : DAY;
  const propose = acting(
    async (form) => {
      await post(at(theCase), {
        officials: successorsIn(form.elements.officials.value),
        threshold: Number(form.elements.threshold.value),
        ...institutionIn(form),
        notice_seconds: Number(form.elements.notice.value) * unit,
        reason: form.elements.reason.value,
      });
      await redraw();
    },
    (form) => form,
  );
  const listed = theCase.officials.map(({ name, signer }) => `${name}, ${signer}`).join("\n");
  const notice = theCase.rehearsal ? { min: "0", value: "0" } : { min: "7", value: "7" };
  return make(
    "details",
    { "data-part": "succession-form" },
    make("summary", {}, say("office.succession_propose")),
    make(
      "form",
      { submit: propose },
      make("p", {}, say("office.succession_words")),
      make(
        "label",
        {},
        say("office.succession_list"),
        make("textarea", { name: "officials", rows: "6", required: true, spellcheck: "false", class: "hash" }, listed),
      ),
      make("p", { class: "hint" }, say("office.succession_list_words")),
      field("office.succession_threshold_field", {
        type: "number",
        name: "threshold",
        min: "1",
        max: "32",
        step: "1",
        required: true,
        value: String(theCase.threshold),
      }),
      institutionFields(),
      field(theCase.rehearsal ? "office.succession_notice_minutes" : "office.succession_notice_days", {
        type: "number",
        name: "notice",
        max: theCase.rehearsal ? "10080" : "365",
        step: "1",
        required: true,
        ...notice,
      }),
      make(
        "label",
        {},
        say("office.succession_reason_field"),
        make("textarea", { name: "reason", rows: "2", required: true, maxlength: "500" }),
      ),
      fault(),
      make("button", { type: "submit" }, say("office.succession_go")),
    ),
  );
}

const wasSince = (one) =>
  say("office.succession_" + (one.in_office ? "present" : one.status), {
    number: one.number,
    moment: beijing(one.ended_at ?? one.holds_from),
  });

/** The successions' part of a case; nothing in a case whose contract knows none. `waits`: a list takes signatures already. */
export function drawSuccessions(theCase, accountId, waits, redraw) {
  if (theCase.protocol < FIRST_PROTOCOL) return null;
  const maySign = sitsIn(theCase, accountId);
  const waiting = theCase.generations.find(({ status }) => status === "waiting");
  const present = theCase.generations.find(({ in_office: inOffice }) => inOffice);
  const others = theCase.generations.filter((one) => one !== present && one !== waiting);
  return make(
    "section",
    { "data-successions": true },
    make("h3", {}, say("office.successions")),
    maySign ? null : make("p", { class: "notice" }, say("office.succession_out")),
    make("p", {}, wasSince(present)),
    make("dl", { class: "rows" }, people(present)),
    waiting ? drawWaiting(theCase, waiting, maySign, redraw) : null,
    maySign && !waiting ? (waits ? make("p", { class: "notice" }, say("office.act_proposed")) : proposalForm(theCase, redraw)) : null,
    others.length
      ? make(
          "details",
          {},
          make("summary", {}, say("office.succession_former")),
          make(
            "ul",
            {},
            others.map((one) => make("li", {}, wasSince(one), " · ", one.officials.map(({ name }) => name).join("、"))),
          ),
        )
      : null,
  );
}
