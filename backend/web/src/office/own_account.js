// What people sign in by: changing their own password, renewing their own second factor.

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { list, make, one } from "../page/dom.js";
import { drawSecret } from "./authenticator.js";
import { fault } from "./case.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const password = (name, words, complete) =>
  make(
    "label",
    {},
    say(words),
    make("input", {
      name,
      type: "password",
      required: true,
      minlength: complete === "new-password" ? "12" : null,
      maxlength: "128",
      autocomplete: complete,
    }),
  );

const code = (words) =>
  make(
    "label",
    {},
    say(words),
    make("input", { name: "code", inputmode: "numeric", required: true, maxlength: "12", autocomplete: "one-time-code" }),
  );

const present = () => [password("password", "office.own_password_now", "current-password"), code("office.own_code_now")];
const typed = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, name === "code" ? String(value).replace(/\s/g, "") : value]));

function drawPassword(done) {
  const change = acting(async (form) => {
    const { again, ...body } = typed(form);
    if (again !== body.new_password) throw inWords(say("office.own_password_differs"));
    await done(await post("/api/session/password", body));
  });
  return make(
    "section",
    { "data-own": "password" },
    make("p", {}, say("office.own_password_words")),
    fault(),
    make(
      "form",
      { submit: change },
      present(),
      password("new_password", "office.own_password_new", "new-password"),
      password("again", "office.own_password_again", "new-password"),
      make("button", { type: "submit" }, say("office.own_password_go")),
    ),
  );
}

function drawSecondFactor(done) {
  const place = make("section", { "data-own": "second_factor" });
  const confirm = acting(async (form) => done(await post("/api/session/second-factor/confirmation", typed(form))));
  const offer = acting(async (form) => {
    const given = await post("/api/session/second-factor", typed(form));
    place.replaceChildren(
      ...drawSecret(given).filter(Boolean),
      fault(),
      make("form", { submit: confirm }, code("office.own_code_new"), make("button", { type: "submit" }, say("office.own_factor_confirm"))),
    );
    one("input", place).focus();
  });
  place.append(
    make("p", {}, say("office.own_factor_words")),
    fault(),
    make("form", { submit: offer }, present(), make("button", { type: "submit" }, say("office.own_factor_go"))),
  );
  return place;
}

/** @type {[string, string, (done: any) => any][]} */
const PARTS = [
  ["password", "office.own_password_title", drawPassword],
  ["second_factor", "office.own_factor_title", drawSecondFactor],
];

/** The parts that somebody else knows, to be renewed before anything else; `done` gets the session after each. */
export const drawRenewal = (due, done) =>
  PARTS.filter(([part]) => due.includes(part)).map(([, title, draw]) => make("div", {}, make("h3", {}, say(title)), draw(done)));

/** Offer both parts at the desk of whoever is signed in. */
export function offerOwnAccount() {
  const draw = (...notices) =>
    list("own-account", [...notices, ...PARTS.map(([, title, part]) => make("details", {}, make("summary", {}, say(title)), part(done)))]);
  const done = () => {
    draw(make("p", { class: "notice", role: "status", tabindex: "-1" }, say("office.own_done")));
    one('[data-list="own-account"] .notice').focus();
  };
  draw();
}
