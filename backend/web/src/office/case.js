// What officials and institution both see of a case.

import { make, row } from "../page/dom.js";
import { percent } from "../page/numbers.js";
import { caseFingerprint } from "../crypto/protocol.js";
import { beijing, pageLanguage } from "../page/words.js";
import { amount, label, say } from "./say.js";

/** An empty place for what goes wrong. */
export const fault = () => make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true });

/** That nothing that is done here counts, as the chain has it; null in a case that does. */
export const drawMark = ({ rehearsal }) => (rehearsal ? make("p", { class: "rehearsal" }, say("common.rehearsal")) : null);

/** The case's name and who must do what next. */
export function drawHead(theCase, ...more) {
  return make(
    "section",
    {},
    drawMark(theCase),
    make("h2", {}, theCase.name),
    make(
      "p",
      { class: "notice" },
      make("strong", {}, say("office.next_step"), ": "),
      theCase.next_step[pageLanguage() === "en" ? "sentence_en" : "sentence_zh"],
    ),
    make(
      "details",
      {},
      make("summary", {}, say("office.case_paper")),
      make("p", {}, say("office.case_paper_words")),
      make(
        "dl",
        { class: "rows" },
        row(say("common.contract"), theCase.address, "hash"),
        row(say("common.chain"), String(theCase.chain_id)),
        row(say("office.case_fingerprint"), caseFingerprint(theCase), "hash"),
      ),
    ),
    more,
  );
}

/** The register's state as rows. */
export function drawRegister(register, ...more) {
  const status = register.status ?? "empty";
  const lenders = register.lenders ?? register.import?.lenders;
  const total = register.import?.total_fen;
  const rows = [];
  if (lenders) rows.push(row(say("office.register_lenders"), say("common.people", { count: lenders })));
  if (total !== undefined) rows.push(row(say("office.register_total"), amount(total)));
  if (register.root) rows.push(row(label("root"), register.root, "hash"));
  return make(
    "section",
    {},
    make("h3", {}, say("office.register")),
    make("p", {}, say("office.register_" + status)),
    make("dl", { class: "rows" }, rows),
    more,
  );
}

/** One version of a plan, to be read in full. */
export function drawPlan(plan, ...more) {
  return make(
    "section",
    { "data-plan-id": plan.id },
    make("h4", {}, say("office.plan_version", plan)),
    make("p", { class: "stage" }, say("office.plan_status_" + plan.status)),
    plan.reasons ? make("p", { class: "notice" }, say("office.plan_returned_because", { reasons: plan.reasons })) : null,
    make(
      "details",
      {},
      make("summary", {}, say("office.plan_read")),
      Object.entries(plan.parts).flatMap(([name, text]) => [
        make("h5", {}, say("public.part_" + name)),
        make("p", { class: "text" }, text),
      ]),
      plan.motions?.length
        ? [
            make("h5", {}, say("public.motions")),
            make(
              "ol",
              {},
              plan.motions.map((title) => make("li", {}, title)),
            ),
          ]
        : null,
      make(
        "dl",
        { class: "rows" },
        plan.ladder.map(({ months, ratio_bps: bps }) => row(`${say("public.ladder_months")}: ${months}`, percent(bps))),
      ),
      make(
        "dl",
        { class: "rows" },
        plan.submitted_at ? row(say("office.plan_submitted_at"), beijing(plan.submitted_at)) : null,
        row(label("plan_hash"), plan.plan_hash, "hash"),
        row(say("office.plan_pdf_hash"), plan.pdf.keccak, "hash"),
      ),
    ),
    make(
      "p",
      {},
      make("a", { href: `/api/plans/${encodeURIComponent(plan.id)}/plan.pdf`, target: "_blank", rel: "noopener" }, say("public.plan_pdf")),
    ),
    more,
  );
}
