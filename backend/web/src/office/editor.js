// The institution's plan: four parts, ladder, PDF; then the signed submission.

import { download, post, upload } from "../page/api.js";
import { acting } from "../page/actions.js";
import { all, fill, list, make, one } from "../page/dom.js";
import { basisPoints, percent } from "../page/numbers.js";
import { keccak, toHex } from "../crypto/protocol.js";
import { submissionAgrees } from "./agreement.js";
import { describe, signTyped } from "./signing.js";
import { inWords } from "./refusal.js";
import { fault } from "./case.js";
import { say } from "./say.js";

const PARTS = ["settlement", "liquidation_period", "existing_business", "dispute_resolution"];

function readLadder(node) {
  return all(".payment", node).map((line, place) => {
    const months = one('[name="months"]', line).value.normalize("NFKC").trim();
    const bps = basisPoints(one('[name="ratio"]', line).value);
    if (!/^\d+$/.test(months) || bps < 0) throw inWords(say("office.editor_ratio_wrong", { line: place + 1 }));
    return { months: Number(months), ratio_bps: bps };
  });
}

function addPayment(node, step) {
  const line = one("#payment").content.cloneNode(true).firstElementChild;
  if (step) {
    one('[name="months"]', line).value = String(step.months);
    one('[name="ratio"]', line).value = percent(step.ratio_bps).replace("%", "");
  }
  one('[data-act="remove-payment"]', line).addEventListener("click", () => {
    line.remove();
    showSum(node);
  });
  one('[data-list="ladder"]', node).append(line);
}

/** What is voted on one by one, a line each; empty where the plan is voted on as a whole. */
const motionsIn = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

async function save(theCase, form, redraw) {
  const parts = Object.fromEntries(PARTS.map((name) => [name, form.elements[name].value.trim()]));
  const motions = motionsIn(form.elements.motions.value);
  const plan = { title: form.elements.title.value.trim(), parts, ladder: readLadder(form), ...(motions.length ? { motions } : {}) };
  const body = new FormData();
  body.append("plan", JSON.stringify(plan));
  const [pdf] = form.elements.pdf.files;
  if (pdf) body.append("pdf", pdf, "plan.pdf");
  await upload(`/api/cases/${encodeURIComponent(theCase.id)}/plans`, body);
  await redraw();
}

function showSum(node) {
  const shares = all(".payment", node).map((line) => basisPoints(one('[name="ratio"]', line).value));
  const sum = shares.every((bps) => bps >= 0) ? shares.reduce((whole, bps) => whole + bps, 0) : -1;
  fill("ladder-sum", sum < 0 ? "" : say(sum > 10_000 ? "office.editor_sum_over" : "office.editor_sum", { share: percent(sum) }), node);
}

/** Fill the form with a former version, to be corrected. */
function fillFrom(node, form, plan) {
  form.elements.title.value = plan.title;
  form.elements.motions.value = (plan.motions ?? []).join("\n");
  for (const name of PARTS) form.elements[name].value = plan.parts[name];
  list("ladder", [], node);
  for (const step of plan.ladder) addPayment(node, step);
  showSum(node);
}

/** The editor of a case; with a version there already, it can begin from that. */
export function drawEditor(theCase, plans, redraw) {
  const node = one("#editor").content.cloneNode(true).firstElementChild;
  const form = one("form", node);
  list("ladder", [], node);
  addPayment(node);
  const [newest] = plans;
  if (newest) {
    one('[data-list="base"]', node).append(
      make(
        "button",
        { type: "button", class: "quiet", click: () => fillFrom(node, form, newest) },
        say("office.editor_from", { version: newest.version }),
      ),
    );
  }
  form.addEventListener("input", () => showSum(node));
  one('[data-act="add-payment"]', node).addEventListener("click", () => addPayment(node));
  form.addEventListener(
    "submit",
    acting(() => save(theCase, form, redraw)),
  );
  return node;
}

async function submit(theCase, plan, redraw) {
  const at = `/api/plans/${encodeURIComponent(plan.id)}/`;
  const bytes = await download(at + "plan.json");
  // what is signed is the hash of exactly the plan that is stored
  if (!(await submissionAgrees(plan.typed_data, theCase, toHex(keccak(bytes))))) throw inWords(say("common.typed_unknown"));
  const { signature } = await signTyped(plan.typed_data, "PlanSubmission", theCase);
  await post(at + "submission", { signature });
  await redraw();
}

/** What the institution signs to submit a draft. */
export function drawSubmission(theCase, plan, redraw) {
  if (plan.status !== "draft" || !plan.typed_data) return null;
  return [
    describe(plan.typed_data),
    fault(),
    make("button", { type: "button", click: acting(() => submit(theCase, plan, redraw)) }, say("office.plan_submit")),
  ];
}
