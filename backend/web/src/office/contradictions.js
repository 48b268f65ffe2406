// Sentences of a plan that say otherwise than its payment schedule, shown beside what the schedule says. They stop nothing.

import { get } from "../page/api.js";
import { list, make } from "../page/dom.js";
import { pageLanguage } from "../page/words.js";
import { say } from "./say.js";

const LOOKED_AT = ["draft", "submitted"];

const drawOne = ({ part, sentence, words_zh: zh, words_en: en }) =>
  make(
    "li",
    {},
    make("p", { class: "hint" }, say("public.part_" + part)),
    make("blockquote", {}, sentence),
    make("p", {}, pageLanguage() === "en" ? en : zh),
  );

function drawFound(found) {
  return [
    make("p", {}, say(found.length ? "office.contradictions_words" : "office.contradictions_none")),
    found.length ? make("ul", {}, found.map(drawOne)) : null,
    make("p", { class: "hint" }, say("office.contradictions_how")),
  ].filter(Boolean);
}

async function show(plan, node) {
  try {
    list("contradictions", drawFound(await get(`/api/plans/${encodeURIComponent(plan.id)}/contradictions`)), node);
  } catch {
    // A hint that is not there must not stop who works here.
    list("contradictions", [make("p", {}, say("office.contradictions_failed"))], node);
  }
}

/** What the text check finds in a plan that waits for its institution or the officials; null for any other. */
export function drawContradictions(plan) {
  if (!LOOKED_AT.includes(plan.status)) return null;
  const node = make(
    "details",
    { open: true },
    make("summary", {}, say("office.contradictions")),
    make("div", { "data-list": "contradictions", "aria-live": "polite" }),
  );
  show(plan, node);
  return node;
}
