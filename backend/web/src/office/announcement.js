// Proposing a poll on an admitted plan.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { pageLanguage } from "../page/words.js";
import { all, list, make, one, part } from "../page/dom.js";
import { canSeal, ceremoniesOf, servingIn } from "./ceremonies.js";
import { expectedLeaks } from "./leaks.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";
import { prepareWays } from "./ways.js";

const BEIJING = "+08:00";

/** A rule or a condition in the page's language, in the service's own words. */
const wordsOf = (item) => item[pageLanguage() === "en" ? "sentence_en" : "sentence_zh"];

/** What a sealed poll is announced with besides: its ceremony, and in a rehearsal after how long it may be given up. */
function sealingOf(theCase, data) {
  if (!data.ceremony_id) throw inWords(say("office.announce_no_ceremony"));
  return { ceremony_id: data.ceremony_id, ...(theCase.rehearsal ? { abandon_after_seconds: Number(data.abandon_minutes) * MINUTE } : {}) };
}

async function propose(theCase, form, verifiers, redraw) {
  const data = Object.fromEntries(new FormData(form));
  const at = (text) => new Date(text + BEIJING).toISOString().replace(/\.\d+Z$/, "Z");
  const sealed = data.kind === "sealed";
  await post(`/api/cases/${encodeURIComponent(theCase.id)}/polls${sealed ? "/sealed" : ""}`, {
    ...(sealed ? sealingOf(theCase, data) : {}),
    plan_id: data.plan_id,
    rule: data.rule,
    opens_at: at(data.opens_at),
    closes_at: at(data.closes_at),
    challenge_seconds: theCase.rehearsal ? Number(data.challenge_minutes) * MINUTE : Number(data.challenge_days) * DAY,
    verifiers,
  });
  await redraw();
}

const MINUTE = 60;
const DAY = 86400;
const LEAST_DAYS = { 1: 1, 2: 1 }; // contracts before protocol 3 demand no more

/** Days for a poll that counts, minutes for a rehearsal; the other field goes. */
function chooseUnit(form, { protocol, rehearsal }) {
  const [shown, other] = rehearsal ? ["challenge_minutes", "challenge_days"] : ["challenge_days", "challenge_minutes"];
  form.elements[other].closest("label").remove();
  if (LEAST_DAYS[protocol]) form.elements[shown].min = LEAST_DAYS[protocol];
}

/** Sealed where trustees serve, unless officials choose otherwise; an open poll alone where the case's contract knows no other. */
async function chooseKind(node, form, theCase) {
  part("kinds", canSeal(theCase), node);
  if (!theCase.rehearsal) form.elements.abandon_minutes.closest("label").remove();
  const complete = canSeal(theCase) ? (await ceremoniesOf(theCase)).filter(({ status }) => status === "complete") : [];
  form.elements.ceremony_id.append(...complete.map((one) => make("option", { value: one.id }, say("office.ceremony_number", one))));
  part("no-ceremony", !complete.length, node);
  const show = () => {
    const sealed = new FormData(form).get("kind") === "sealed";
    part("sealed", sealed, node);
    part("open", !sealed, node);
    for (const field of all('[data-part="sealed"] :is(input, select)', node)) field.disabled = !sealed;
  };
  for (const kind of form.elements.kind) kind.addEventListener("change", show);
  const serving = canSeal(theCase) ? await servingIn(theCase).catch(() => []) : [];
  one(`[name="kind"][value="${serving.length ? "sealed" : "open"}"]`, form).checked = true;
  show();
}

/** The form for a poll on one of the admitted plans. */
export async function drawAnnouncement(theCase, plans, redraw) {
  const admitted = plans.filter(({ status }) => status === "admitted");
  if (!admitted.length) return null;
  const rules = await get("/api/rules");
  const node = one("#announce").content.cloneNode(true).firstElementChild;
  const form = one("form", node);
  chooseUnit(form, theCase);
  await chooseKind(node, form, theCase);
  form.elements.plan_id.append(...admitted.map((plan) => make("option", { value: plan.id }, say("office.plan_version", plan))));
  form.elements.rule.append(...rules.map((rule) => make("option", { value: rule.name }, `${rule.name} · ${wordsOf(rule)}`)));
  const showRule = () => {
    const rule = rules.find(({ name }) => name === form.elements.rule.value);
    list(
      "rule-words",
      rule.conditions.map((condition) => make("li", {}, wordsOf(condition))),
      node,
    );
  };
  form.elements.rule.addEventListener("change", showRule);
  showRule();
  const ways = prepareWays(form);
  form.addEventListener(
    "submit",
    acting(() => propose(theCase, form, ways.named(), redraw)),
  );
  node.addEventListener("toggle", () => {
    if (!node.open) return;
    ways.offer();
    list("leaks", [expectedLeaks(theCase)], node);
  });
  return node;
}
