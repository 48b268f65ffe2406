// Accounts: who there is, in which case, and who is ready to sign.

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, stackedTable } from "../page/dom.js";
import { fault } from "../office/case.js";
import { say } from "./say.js";
import { showSecrets } from "./secrets.js";

const COLUMNS = ["name", "role", "case", "signing"];
const ROLES = ["official", "institution"];

function readiness({ role, signing, signer }) {
  if (role === "admin") return say("administrator.signing_not_needed");
  if (!signing) return say("administrator.signing_nothing");
  return make("details", {}, make("summary", {}, say("administrator.signing_" + signing)), make("span", { class: "hash" }, signer));
}

function drawAccount(account, cases) {
  const theCase = cases.find(({ id }) => id === account.case_id);
  const cells = [
    say("administrator.role_" + account.role),
    theCase ? theCase.name : say("administrator.account_no_case"),
    readiness(account),
  ];
  return make(
    "tr",
    { "data-account": account.name },
    make(
      "th",
      { scope: "row" },
      account.name,
      account.disabled ? [" ", make("span", { class: "status status-missed" }, say("administrator.account_disabled"))] : null,
      account.renewal_due.length ? [" ", make("span", { class: "status" }, say("administrator.account_not_taken_over"))] : null,
    ),
    cells.map((cell, place) => make("td", { "data-label": say("administrator.account_" + COLUMNS[place + 1]) }, cell)),
  );
}

/** One row an account. */
export function drawAccounts(accounts, cases, ...more) {
  return make(
    "section",
    {},
    make("h2", {}, say("administrator.accounts")),
    stackedTable(
      say("administrator.accounts"),
      COLUMNS.map((name) => say("administrator.account_" + name)),
      accounts.map((account) => drawAccount(account, cases)),
    ),
    more,
  );
}

/** The form that makes an account; its secrets are shown once. */
export function drawNewAccount(redraw) {
  const create = acting(async (form) => {
    const made = await post("/api/accounts", Object.fromEntries(new FormData(form)));
    await redraw();
    showSecrets(made.name, made);
  });
  return make(
    "details",
    {},
    make("summary", {}, say("administrator.make_title")),
    make(
      "section",
      {},
      make("p", {}, say("administrator.make_words")),
      fault(),
      make(
        "form",
        { submit: create },
        make(
          "label",
          {},
          say("administrator.account_name"),
          make("input", {
            name: "name",
            required: true,
            maxlength: "64",
            autocomplete: "off",
            autocapitalize: "none",
            spellcheck: "false",
          }),
        ),
        make(
          "label",
          {},
          say("administrator.account_role"),
          make(
            "select",
            { name: "role", required: true },
            ROLES.map((role) => make("option", { value: role }, say("administrator.role_" + role))),
          ),
        ),
        make("button", { type: "submit", class: "quiet" }, say("administrator.make_go")),
      ),
    ),
  );
}
