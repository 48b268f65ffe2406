// Proposing a poll on an admitted plan.

import { get, post } from "../api.js";
import { acting } from "../actions.js";
import { list, make, one } from "../dom.js";
import { pageLanguage } from "../words.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const BEIJING = "+08:00";

/** A rule or a condition in the page's language, in the service's own words. */
const wordsOf = (item) => item[pageLanguage() === "en" ? "sentence_en" : "sentence_zh"];

async function fillVerifier(field) {
  const base = one("#office").dataset.verifier;
  try {
    const response = await fetch(base.replace(/\/$/, "") + "/v1/identity", { credentials: "omit" });
    const { address } = await response.json();
    if (!field.value && address) field.value = address;
  } catch {
    // the official writes the address
  }
}

async function propose(theCase, form, redraw) {
  const data = Object.fromEntries(new FormData(form));
  const verifiers = data.verifiers.split(/[\s,]+/).filter(Boolean);
  if (verifiers.some((address) => !/^0x[0-9a-fA-F]{40}$/.test(address))) throw inWords(say("office.announce_verifiers"));
  const at = (text) => new Date(text + BEIJING).toISOString().replace(/\.\d+Z$/, "Z");
  await post(`/api/cases/${encodeURIComponent(theCase.id)}/polls`, {
    plan_id: data.plan_id,
    rule: data.rule,
    opens_at: at(data.opens_at),
    closes_at: at(data.closes_at),
    challenge_seconds: Number(data.challenge_days) * 86400,
    verifiers: verifiers.map((address) => address.toLowerCase()),
  });
  await redraw();
}

/** The form for a poll on one of the admitted plans. */
export async function drawAnnouncement(theCase, plans, redraw) {
  const admitted = plans.filter(({ status }) => status === "admitted");
  if (!admitted.length) return null;
  const rules = await get("/api/rules");
  const node = one("#announce").content.cloneNode(true).firstElementChild;
  const form = one("form", node);
  form.elements.plan_id.append(...admitted.map((plan) => make("option", { value: plan.id }, say("office.plan_version", plan))));
  form.elements.rule.append(...rules.map((rule) => make("option", { value: rule.name }, `${rule.name} · ${wordsOf(rule)}`)));
  const showRule = () => {
    const rule = rules.find(({ name }) => name === form.elements.rule.value);
    list("rule-words", rule.conditions.map((condition) => make("li", {}, wordsOf(condition))), node);
  };
  form.elements.rule.addEventListener("change", showRule);
  showRule();
  form.addEventListener("submit", acting(() => propose(theCase, form, redraw)));
  node.addEventListener("toggle", () => node.open && fillVerifier(form.elements.verifiers));
  return node;
}
