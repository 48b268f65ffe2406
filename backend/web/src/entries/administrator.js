// The administrator's desk: accounts, who is ready to sign, changes that take two people, and opening a case.

import { get } from "../page/api.js";
import { drawnAnew, list, make } from "../page/dom.js";
import { drawAccounts, drawNewAccount } from "../administrator/accounts.js";
import { drawPaper, offerCaseForm, proposeAccounts } from "../administrator/case_form.js";
import { drawAccountChanges, drawProposal } from "../administrator/changes.js";
import { say } from "../administrator/say.js";
import { hideSecrets } from "../administrator/secrets.js";
import { drawMark } from "../office/case.js";
import { openOffice } from "../office/session.js";

const drawCase = (theCase) =>
  make("section", { "data-case-id": theCase.id }, make("h3", {}, theCase.name), drawMark(theCase), drawPaper(theCase));

const openDesk = drawnAnew("cases", async () => {
  const [accounts, changes, cases] = await Promise.all([get("/api/accounts"), get("/api/account-changes"), get("/api/cases")]);
  hideSecrets();
  proposeAccounts(accounts);
  list("cases", [
    drawAccounts(accounts, cases, drawNewAccount(openDesk), drawProposal(accounts, openDesk)),
    drawAccountChanges(changes, openDesk, { mayWithdraw: true }),
    make(
      "section",
      {},
      make("h2", {}, say("administrator.cases")),
      cases.length ? cases.map(drawCase) : make("p", {}, say("administrator.cases_none")),
    ),
  ]);
});

offerCaseForm(openDesk);
openOffice(openDesk);
