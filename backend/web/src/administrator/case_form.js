// Opening a case: written down, checked by the service, compared line by line, then opened for good.

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { all, list, make, one, part, row } from "../page/dom.js";
import { caseFingerprint } from "../crypto/protocol.js";
import { drawMark } from "../office/case.js";
import { say } from "./say.js";

const FIRST_ROWS = 3;
const text = (form, name) => form.elements[name].value.trim();

function drawRow() {
  const node = one("#official-row").content.cloneNode(true).firstElementChild;
  one('[data-act="remove-official"]', node).addEventListener("click", () => {
    const form = node.closest("form");
    node.remove();
    number(form);
  });
  return node;
}

function number(form) {
  all(".official", form).forEach((node, place) => {
    one("legend", node).textContent = say("administrator.case_official", { number: place + 1 });
  });
}

function addRow(form) {
  one('[data-list="official-rows"]', form).append(drawRow());
  number(form);
}

function readRow(node) {
  const [name, account, address] = ["official_name", "official_account", "official_address"].map((field) =>
    one(`[name="${field}"]`, node).value.trim(),
  );
  return { name, account_name: account, ...(address ? { signer: address } : {}) };
}

function read(form) {
  const address = text(form, "institution_address");
  return {
    name: text(form, "name"),
    institution: { name: text(form, "institution_name"), credit_code: text(form, "credit_code"), ...(address ? { signer: address } : {}) },
    institution_account_name: text(form, "institution_account"),
    officials: all(".official", form)
      .map(readRow)
      .filter(({ name, account_name: account, signer }) => name || account || signer),
    threshold: Number(text(form, "threshold")),
    rehearsal: form.elements.rehearsal.checked,
  };
}

/** The case with the very signers that are compared: a passkey that is replaced meanwhile is refused, not taken unseen. */
const withSigners = (body, draft) => ({
  ...body,
  institution: { ...body.institution, signer: draft.institution.signer },
  officials: body.officials.map((official, place) => ({ ...official, signer: draft.officials[place].signer })),
});

const keyWords = (signer) => say(signer.length === 42 ? "administrator.case_by_key" : "administrator.case_by_passkey", { signer });

function drawDraft(draft) {
  const { institution } = draft;
  return [
    make("h2", {}, say("administrator.case_would")),
    make(
      "dl",
      { class: "rows" },
      row(say("administrator.case_name"), draft.name),
      row(say("administrator.case_institution_name"), institution.name),
      row(say("administrator.case_credit_code"), institution.credit_code, "hash"),
      row(say("administrator.case_signer", { name: institution.name }), keyWords(institution.signer), "hash"),
      draft.officials.map((official) =>
        row(
          say("administrator.case_signer", { name: official.account_id ? official.name : say("administrator.case_no_account", official) }),
          keyWords(official.signer),
          "hash",
        ),
      ),
      row(
        say("administrator.case_needed"),
        say("administrator.case_needed_of", { threshold: draft.threshold, count: draft.officials.length }),
      ),
      row(say("common.chain"), String(draft.chain_id)),
    ),
    drawMark(draft) ?? make("p", { class: "notice" }, say("administrator.case_real")),
    make("p", { class: "refusal" }, say("administrator.case_fixed")),
  ];
}

/** Address, chain and fingerprint of a case, for the working group's paper. */
export function drawPaper(theCase) {
  return make(
    "dl",
    { class: "rows" },
    row(say("common.contract"), theCase.address, "hash"),
    row(say("common.chain"), String(theCase.chain_id)),
    row(say("office.case_fingerprint"), caseFingerprint(theCase), "hash"),
  );
}

function showOpened(theCase) {
  list("case-opened", [
    make(
      "section",
      { tabindex: "-1", "data-opened": theCase.id },
      drawMark(theCase),
      make("h2", {}, say("administrator.case_opened", theCase)),
      make("p", { class: "notice" }, say("administrator.case_paper")),
      drawPaper(theCase),
    ),
  ]);
  one('[data-list="case-opened"] section').focus();
}

/** Offer the form; `redraw` draws the rest of the desk again once a case is open. Called once: what is typed outlives every redraw. */
export function offerCaseForm(redraw) {
  const place = one('[data-part="case-form"]');
  const form = one("form", place);
  /** @type {any} */
  let checked = null;
  const turn = (comparing) => {
    part("case-write", !comparing, place);
    part("case-compare", comparing, place);
  };
  for (let made = 0; made < FIRST_ROWS; made += 1) addRow(form);
  one('[data-act="add-official"]', form).addEventListener("click", () => addRow(form));
  form.addEventListener(
    "submit",
    acting(async () => {
      const body = read(form);
      const draft = await post("/api/cases/check", body);
      list("case-draft", drawDraft(draft));
      checked = withSigners(body, draft);
      turn(true);
      one('[data-part="case-compare"]', place).focus();
    }),
  );
  one('[data-act="change-case"]', place).addEventListener("click", () => turn(false));
  one('[data-act="open-case"]', place).addEventListener(
    "click",
    acting(async () => {
      const opened = await post("/api/cases", checked);
      form.reset();
      turn(false);
      place.open = false;
      await redraw();
      showOpened(opened);
    }),
  );
}

/** The names that the form proposes for accounts. */
export function proposeAccounts(accounts) {
  for (const role of ["official", "institution"]) {
    one(`#accounts-${role}`).replaceChildren(
      ...accounts.filter((each) => each.role === role && !each.disabled).map(({ name }) => make("option", { value: name })),
    );
  }
}
