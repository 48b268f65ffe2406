// The working group's desk: what is next in each case, and every act signed with the official's own key.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { drawnAnew, list, make } from "../page/dom.js";
import { drawAccountChanges } from "../administrator/changes.js";
import { actsOf, drawActs, waitsFor } from "../office/acts.js";
import { drawAnnouncement } from "../office/announcement.js";
import { drawHead, drawPlan, drawRegister, fault } from "../office/case.js";
import { drawIdentityFile } from "../office/identity_file.js";
import { expectedLeaks } from "../office/leaks.js";
import { drawReview } from "../office/review.js";
import { drawPolls } from "../office/polls.js";
import { drawChanges } from "../office/changes.js";
import { drawContradictions } from "../office/contradictions.js";
import { drawListing, drawLists } from "../office/lists.js";
import { openOffice } from "../office/session.js";
import { drawSuccessions, sitsIn } from "../office/successions.js";
import { drawTrustees } from "../office/trustees.js";
import { say } from "../office/say.js";
import { drawWorkList } from "../office/work_list.js";

const path = (theCase, rest) => `/api/cases/${encodeURIComponent(theCase.id)}/${rest}`;

const button = (words, kind, work) => make("button", { type: "button", class: kind, click: acting(work) }, words);

/** In place of what would propose an act that waits already. */
const proposed = () => make("p", { class: "notice" }, say("office.act_proposed"));

function freezeButton(theCase, register, acts, redraw) {
  if (register.status !== "imported") return null;
  if (waitsFor(acts, "register_freeze")) return proposed();
  return [
    expectedLeaks(theCase),
    fault(),
    button(say("office.freeze"), "", async () => {
      await post(path(theCase, "register/freeze"));
      await redraw();
    }),
  ];
}

function examine(plan, acts, redraw) {
  if (plan.status !== "submitted") return null;
  if (waitsFor(acts, "plan_admission", ({ plan_id: id }) => id === plan.id)) return proposed();
  const at = `/api/plans/${encodeURIComponent(plan.id)}/`;
  const giveBack = acting(async (form) => {
    await post(at + "return", { reasons: form.elements.reasons.value });
    await redraw();
  });
  return [
    fault(),
    make(
      "p",
      { class: "acts" },
      button(say("office.plan_admit"), "", async () => {
        await post(at + "admission");
        await redraw();
      }),
    ),
    make(
      "form",
      { submit: giveBack },
      make("label", {}, say("office.plan_reasons"), make("textarea", { name: "reasons", required: true, rows: "2" })),
      make("button", { type: "submit", class: "quiet" }, say("office.plan_return")),
    ),
  ];
}

/** What stays with somebody who was succeeded: acts and polls of their own time. */
async function drawFormer(theCase, accountId, redraw) {
  const acts = await actsOf(theCase);
  return make(
    "article",
    { "data-case-id": theCase.id },
    drawHead(theCase),
    drawSuccessions(theCase, accountId, false, redraw),
    await drawActs(theCase, acts, accountId, redraw),
    await drawPolls(theCase, accountId, redraw),
  );
}

async function drawCase(theCase, accountId, redraw) {
  if (!sitsIn(theCase, accountId)) return drawFormer(theCase, accountId, redraw);
  const [register, plans, acts] = await Promise.all([get(path(theCase, "register")), get(path(theCase, "plans")), actsOf(theCase)]);
  const seen = plans.filter(({ status }) => status !== "draft");
  return make(
    "article",
    { "data-case-id": theCase.id },
    drawHead(theCase, drawListing(theCase, redraw)),
    await drawActs(theCase, acts, accountId, redraw),
    await drawPolls(theCase, accountId, redraw),
    drawRegister(
      register,
      drawReview(theCase, register),
      await drawWorkList(theCase, register),
      make("p", {}, make("a", { href: `/officials/cases/${encodeURIComponent(theCase.id)}/flags` }, say("office.flags"))),
      freezeButton(theCase, register, acts, redraw),
      drawIdentityFile(theCase, register, redraw),
    ),
    make(
      "section",
      {},
      make("h3", {}, say("office.plans")),
      seen.length
        ? seen.map((plan) => drawPlan(plan, drawChanges(plan, seen), drawContradictions(plan), examine(plan, acts, redraw)))
        : make("p", {}, say("office.plans_none")),
    ),
    await drawTrustees(theCase, redraw),
    drawSuccessions(theCase, accountId, waitsFor(acts, "succession") || waitsFor(acts, "succession_withdrawal"), redraw),
    await drawAnnouncement(theCase, plans, redraw),
  );
}

const openDesk = drawnAnew("cases", async () => {
  const [session, cases, changes] = await Promise.all([get("/api/session"), get("/api/cases"), get("/api/account-changes")]);
  const articles = changes.length ? [drawAccountChanges(changes, openDesk)] : [];
  if (cases.length) articles.push(drawLists(cases));
  for (const theCase of cases) articles.push(await drawCase(theCase, session.account_id, openDesk));
  list("cases", articles.length ? articles : [make("p", { class: "card" }, say("office.no_cases"))]);
});

openOffice(openDesk);
