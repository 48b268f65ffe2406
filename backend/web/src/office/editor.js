// The institution's plan: four parts, ladder, PDF; then the signed submission.

import { download, post, upload } from "../api.js";
import { acting } from "../actions.js";
import { all, list, make, one } from "../dom.js";
import { basisPoints } from "../numbers.js";
import { keccak, toHex } from "../protocol.js";
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

function addPayment(node) {
  const line = one("#payment").content.cloneNode(true).firstElementChild;
  one('[data-act="remove-payment"]', line).addEventListener("click", () => line.remove());
  one('[data-list="ladder"]', node).append(line);
}

async function save(theCase, form, redraw) {
  const parts = Object.fromEntries(PARTS.map((name) => [name, form.elements[name].value.trim()]));
  const plan = { title: form.elements.title.value.trim(), parts, ladder: readLadder(form) };
  const body = new FormData();
  body.append("plan", JSON.stringify(plan));
  body.append("pdf", form.elements.pdf.files[0], "plan.pdf");
  await upload(`/api/cases/${encodeURIComponent(theCase.id)}/plans`, body);
  await redraw();
}

/** The editor of a case. */
export function drawEditor(theCase, redraw) {
  const node = one("#editor").content.cloneNode(true).firstElementChild;
  const form = one("form", node);
  list("ladder", [], node);
  addPayment(node);
  one('[data-act="add-payment"]', node).addEventListener("click", () => addPayment(node));
  form.addEventListener("submit", acting(() => save(theCase, form, redraw)));
  return node;
}

async function submit(theCase, plan, redraw) {
  const at = `/api/plans/${encodeURIComponent(plan.id)}/`;
  const bytes = await download(at + "plan.json");
  // what is signed is the hash of exactly the plan that is stored
  if (toHex(keccak(bytes)) !== plan.typed_data.message.planHash) throw inWords(say("common.typed_unknown"));
  const { signature } = await signTyped(plan.typed_data, "PlanSubmission", theCase.address);
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
