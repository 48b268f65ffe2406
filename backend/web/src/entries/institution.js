// The institution's desk: the claims register and the settlement plan.

import { get } from "../page/api.js";
import { drawnAnew, list, make } from "../page/dom.js";
import { drawHead, drawPlan, drawRegister } from "../office/case.js";
import { drawEditor, drawSubmission } from "../office/editor.js";
import { drawChanges } from "../office/changes.js";
import { drawContradictions } from "../office/contradictions.js";
import { drawLoanBook } from "../office/loan_book.js";
import { openOffice } from "../office/session.js";
import { say } from "../office/say.js";
import { drawUpload } from "../office/upload.js";

/** What stays with an institution that was succeeded: its plans, to be read. */
async function drawFormer(theCase) {
  const plans = await get(`/api/cases/${encodeURIComponent(theCase.id)}/plans`);
  return make(
    "article",
    { "data-case-id": theCase.id },
    drawHead(theCase),
    make("p", { class: "notice" }, say("office.succession_institution_out", { name: theCase.institution.name })),
    plans.map((plan) => drawPlan(plan, drawChanges(plan, plans))),
  );
}

async function drawCase(theCase, accountId, redraw) {
  if (theCase.institution.account_id !== accountId) return drawFormer(theCase);
  const at = `/api/cases/${encodeURIComponent(theCase.id)}/`;
  const [register, plans] = await Promise.all([get(at + "register"), get(at + "plans")]);
  return make(
    "article",
    { "data-case-id": theCase.id },
    drawHead(theCase),
    drawRegister(register, drawUpload(theCase, redraw)),
    make(
      "section",
      {},
      make("h3", {}, say("office.plans")),
      plans.length
        ? plans.map((plan) => drawPlan(plan, drawChanges(plan, plans), drawContradictions(plan), drawSubmission(theCase, plan, redraw)))
        : make("p", {}, say("office.plans_none")),
      drawEditor(theCase, plans, redraw),
      drawLoanBook(theCase),
    ),
  );
}

const openDesk = drawnAnew("cases", async () => {
  const [session, cases] = await Promise.all([get("/api/session"), get("/api/cases")]);
  const articles = [];
  for (const theCase of cases) articles.push(await drawCase(theCase, session.account_id, openDesk));
  list("cases", articles.length ? articles : [make("p", { class: "card" }, say("office.no_cases"))]);
});

openOffice(openDesk);
