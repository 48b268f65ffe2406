// Changes of accounts: proposed by one person, carried out by a second, at the administrator's and at the working group's desk.

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make } from "../page/dom.js";
import { fault } from "../office/case.js";
import { beijing } from "../page/words.js";
import { say } from "./say.js";
import { showSecrets } from "./secrets.js";

const KINDS = ["disable", "enable", "password", "second_factor", "passkey"];

const line = (change) => `${change.account_name} · ${say("administrator.kind_" + change.kind)}`;

function drawWaiting(change, redraw, mayWithdraw) {
  const at = `/api/account-changes/${encodeURIComponent(change.id)}/`;
  const confirm = acting(async () => {
    const { secrets } = await post(at + "confirmation");
    await redraw();
    showSecrets(change.account_name, secrets);
  });
  const withdraw = acting(async () => {
    await post(at + "withdrawal");
    await redraw();
  });
  return make(
    "section",
    { "data-change-id": change.id },
    make("h3", {}, line(change)),
    make(
      "p",
      {},
      say("administrator.change_proposed", { by: change.proposed_by, moment: beijing(change.proposed_at), reason: change.reason }),
    ),
    make("p", { class: "notice" }, say(change.may_confirm ? "administrator.change_check" : "administrator.change_waits")),
    fault(),
    make(
      "p",
      { class: "acts" },
      change.may_confirm ? make("button", { type: "button", click: confirm }, say("administrator.change_confirm")) : null,
      mayWithdraw ? make("button", { type: "button", class: "quiet", click: withdraw }, say("administrator.change_withdraw")) : null,
    ),
  );
}

function drawOver(changes) {
  const words = (change) =>
    say(change.status === "done" ? "administrator.change_done" : "administrator.change_withdrawn", {
      by: change.ended_by,
      moment: beijing(change.ended_at),
    });
  return make(
    "details",
    {},
    make("summary", {}, say("administrator.changes_over")),
    make(
      "ul",
      {},
      changes.map((change) => make("li", {}, `${line(change)} · ${words(change)}`)),
    ),
  );
}

/** All changes; a desk that has none to show may leave the section out. */
export function drawAccountChanges(changes, redraw, { mayWithdraw = false } = {}) {
  const waiting = changes.filter(({ status }) => status === "open");
  const over = changes.filter(({ status }) => status !== "open");
  return make(
    "section",
    {},
    make("h2", {}, say("administrator.changes")),
    waiting.length ? waiting.map((change) => drawWaiting(change, redraw, mayWithdraw)) : make("p", {}, say("administrator.changes_none")),
    over.length ? drawOver(over) : null,
  );
}

const options = (pairs) => [["", say("administrator.change_choose")], ...pairs].map(([value, text]) => make("option", { value }, text));

/** The form in which an administrator proposes a change. */
export function drawProposal(accounts, redraw) {
  const propose = acting(async (form) => {
    const { account, kind, reason } = Object.fromEntries(new FormData(form));
    await post(`/api/accounts/${encodeURIComponent(String(account))}/changes`, { kind, reason });
    await redraw();
  });
  return make(
    "details",
    {},
    make("summary", {}, say("administrator.change_title")),
    make(
      "section",
      {},
      make("p", {}, say("administrator.change_words")),
      fault(),
      make(
        "form",
        { submit: propose },
        make(
          "label",
          {},
          say("administrator.change_account"),
          make("select", { name: "account", required: true }, options(accounts.map(({ id, name }) => [id, name]))),
        ),
        make(
          "label",
          {},
          say("administrator.change_kind"),
          make("select", { name: "kind", required: true }, options(KINDS.map((kind) => [kind, say("administrator.kind_" + kind)]))),
        ),
        make("label", {}, say("administrator.change_reason"), make("input", { name: "reason", required: true, maxlength: "300" })),
        make("button", { type: "submit", class: "quiet" }, say("administrator.change_go")),
      ),
    ),
  );
}
