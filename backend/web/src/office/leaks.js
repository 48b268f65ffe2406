// What published totals tell about single lenders: shown before a register is frozen, before a poll is announced, and before the sums are opened.

import { get } from "../page/api.js";
import { make, stackedTable } from "../page/dom.js";
import { say } from "./say.js";

const CHOICES = { for: "common.choice_1", against: "common.choice_2", abstain: "common.choice_3", none: "public.absent" };

const choiceOf = ({ choice }) => say(choice === null ? "office.leaks_whole" : CHOICES[choice]);

function tableOf(groups) {
  const head = ["group", "heads", "told_short", "why"].map((name) => say("office.leaks_" + name));
  const lines = groups.map((group) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, group.class_name, " · ", choiceOf(group)),
      make("td", { class: "figure", "data-label": head[1] }, String(group.heads)),
      make("td", { class: "figure", "data-label": head[2] }, String(group.told)),
      make("td", { "data-label": head[3] }, group.reasons.map((reason) => say("office.leaks_reason_" + reason)).join("; ")),
    ),
  );
  return stackedTable(say("office.leaks"), head, lines, "group");
}

/** What can be done; with recorded ballots classes cannot be merged any more, and how to go on stands beside the button. */
const remediesOf = ({ exact, remedies }) => (exact ? remedies.filter((one) => one === "prove_condition") : remedies);

/** A report as nodes: who can be worked out, why, and what can be done. */
export function describeLeaks(report) {
  if (!report.leaks) return make("p", { class: "notice", "data-leaks": "none" }, say("office.leaks_none"));
  return make(
    "div",
    { class: "notice", "data-leaks": report.exact ? "exact" : "expected" },
    make("p", {}, make("strong", {}, say("office.leaks"))),
    make("p", {}, say(report.exact ? "office.leaks_exact" : "office.leaks_expected", report)),
    make("p", {}, make("strong", {}, say("office.leaks_told", { count: report.told }))),
    tableOf(report.groups.filter(({ reasons }) => reasons.length)),
    remediesOf(report).map((remedy) => make("p", {}, say("office.leaks_remedy_" + remedy))),
  );
}

/** A place that fills itself: what the totals of a case's newest register will tell; nothing where there is no register yet. */
export function expectedLeaks(theCase) {
  const node = make("div", { "aria-busy": "true" });
  get(`/api/cases/${encodeURIComponent(theCase.id)}/leaks`)
    .then(describeLeaks, (error) => {
      return error.code === "RegisterEmpty" ? [] : make("p", { class: "refusal" }, error.message);
    })
    .then((found) => {
      node.replaceChildren(...[found].flat());
      node.removeAttribute("aria-busy");
    });
  return node;
}

/** The report of a closed poll with the box to tick; `acknowledged()` names the report once it is ticked, and is "" before. */
export function exactLeaks(poll, onChange) {
  const box = make("input", { type: "checkbox", name: "acknowledged", change: onChange });
  /** @type {any} */
  let report = null;
  const node = make("div", { "aria-busy": "true" });
  const load = async () => {
    report = await get(`/api/polls/${encodeURIComponent(poll.id)}/leaks`);
    node.replaceChildren(describeLeaks(report));
    if (report.leaks) node.append(make("label", { class: "pick" }, box, make("span", {}, say("office.leaks_acknowledge"))));
    node.removeAttribute("aria-busy");
    onChange();
  };
  const seen = () => report !== null && (!report.leaks || box.checked);
  return { node, load, seen, acknowledged: () => (box.checked ? report.report_hash : "") };
}
