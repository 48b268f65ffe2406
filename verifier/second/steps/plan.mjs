// Step 4: what was voted on is the published plan, submitted by the institution and admitted by the officials.
import { hex, keccak } from "../bytes.mjs";
import { isBefore } from "../chain/blocks.mjs";
import { need } from "../findings.mjs";
import { Fields, isBlank, isCanonical, read } from "../files/published.mjs";
import { hasSigned, short } from "../math/signers.mjs";
import { callOf, onlyEvent } from "./acts.mjs";

const [NAME, FORM] = ["plan.json", "plan.form"];
const KEYS = "case ladder parts pdf title version";
const PARTS = "settlement liquidation_period existing_business dispute_resolution";
const LIMIT = 2n ** 63n;
const ALL = 10_000n; // basis points

/** Establishes the plan's hash. */
export async function checkPlan(recount, log) {
  const [scene, terms] = [need(recount.scene, 1), need(recount.terms, 2)];
  const planHash = (recount.planHash = await submitted(recount, scene, terms, log));
  await checkAdmission(recount, scene, terms, planHash, log);
  const bytes = await recount.published.bytes(NAME);
  if (log.equal("plan.hash", NAME, "does not have the poll's plan hash", planHash, keccak(bytes))) log.note(`plan hash ${hex(planHash)}`);
  const value = read(bytes, NAME, FORM);
  log.holds(FORM, NAME, "is not canonical JSON", isCanonical(bytes, value));
  const isByMotions = value !== null && typeof value === "object" && "motions" in value;
  const plan = new Fields(value, NAME, isByMotions ? `${KEYS} motions` : KEYS, FORM);
  checkMotions(plan, isByMotions, terms.sealing?.motions ?? 1, log);
  checkContent(plan, scene, log);
  await checkPdf(plan, recount.published, log);
}

/** The hash that the institution signed. Throws Wrong. */
async function submitted(recount, scene, { planNumber }, log) {
  const event = onlyEvent(scene, "plan.submitted", "PlanSubmitted", planNumber);
  const { transaction, inputs } = await callOf(recount, event, "submitPlan", scene.case, "plan.submitted");
  const [planHash, signature] = inputs;
  const { institution, domain } = scene.inOffice(event);
  log.equal("plan.submitted", event.where, "says another plan or submitter", [planHash, institution], event.values.slice(1));
  const digest = domain.digest("PlanSubmission", planNumber, planHash);
  const right = hasSigned(institution, digest, signature);
  const place = `submission in ${transaction.where}`;
  if (log.holds("plan.signatures", place, "signature is not the institution's", right, short(institution), signature)) {
    log.note(`${place}: signed by the institution`);
  }
  return planHash;
}

async function checkAdmission(recount, scene, { planNumber, announced }, planHash, log) {
  const event = onlyEvent(scene, "plan.admitted", "PlanAdmitted", planNumber);
  log.equal("plan.admitted", event.where, "admits another plan", planHash, event.values[1]);
  const isInTime = isBefore(event.log, announced) < 0;
  log.holds("plan.admitted", event.where, "was admitted after the poll was announced", isInTime, announced.where);
  const { transaction, inputs } = await callOf(recount, event, "admitPlan", scene.case, "plan.admitted");
  const [number, signers, signatures] = inputs;
  log.equal("plan.admitted", transaction.where, "admits a plan of another number", planNumber, number);
  const { panel, domain } = scene.inOffice(event);
  const digest = domain.digest("PlanAdmission", planNumber, planHash);
  panel.signed("plan.signatures", digest, signers, signatures, log, `admission in ${transaction.where}`);
}

/** A title for each motion, where there are several (section 7). */
function checkMotions(plan, isByMotions, motions, log) {
  const titles = isByMotions ? plan.list("motions").map((one) => plan.textIn("motions", one)) : [];
  const place = `${NAME}: motions`;
  log.equal(FORM, place, "are another number than the poll's motions", BigInt(motions), BigInt(titles.length || 1));
  if (!isByMotions) return;
  log.holds(FORM, place, "are not 2 or more different titles", titles.length > 1 && new Set(titles).size === titles.length);
  for (const title of titles) log.holds(FORM, place, "a title is empty", !isBlank(title));
}

function checkContent(plan, scene, log) {
  log.equal(FORM, `${NAME}: case`, "is a plan of another case", scene.case, plan.bytes("case", 20));
  plan.whole("version", LIMIT);
  const parts = plan.inner("parts", `${NAME} parts`, PARTS);
  for (const key of PARTS.split(" ")) log.holds(FORM, `${NAME}: ${key}`, "this part of the plan is empty", !isBlank(parts.text(key)));
  log.holds(FORM, `${NAME}: title`, "is empty", !isBlank(plan.text("title")));
  const steps = plan.list("ladder").map((row, i) => new Fields(row, `${NAME} ladder ${i}`, "months ratio_bps", FORM));
  const months = steps.map((one) => one.whole("months", 2n ** 31n));
  const ratios = steps.map((one) => one.whole("ratio_bps", ALL + 1n));
  const rises = months.every((one, i) => i === 0 || one > months[i - 1]);
  log.holds(FORM, `${NAME}: ladder`, "months do not rise strictly", rises, "rising", months);
  const sum = ratios.reduce((total, one) => total + one, 0n);
  log.holds(FORM, `${NAME}: ladder`, "promises more than everything", sum <= ALL, `at most ${ALL}`, sum);
}

async function checkPdf(plan, published, log) {
  const named = plan.inner("pdf", `${NAME} pdf`, "bytes keccak");
  const [length, hash] = [named.whole("bytes", LIMIT), named.bytes("keccak", 32)];
  const content = await published.bytes("plan.pdf");
  log.equal("plan.pdf", "plan.pdf", "has another length than the plan says", length, BigInt(content.length));
  if (log.equal("plan.pdf", "plan.pdf", "is not the file that the plan names", hash, keccak(content))) {
    log.note(`plan.pdf is the file of ${length} bytes that the plan names; the four parts are there`);
  }
}
