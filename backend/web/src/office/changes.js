// What tells a plan from its former version, asked of the service and marked as people mark texts.

import { get } from "../page/api.js";
import { acting } from "../page/actions.js";
import { list, make, row } from "../page/dom.js";
import { percent } from "../page/numbers.js";
import { fault } from "./case.js";
import { say } from "./say.js";

const TAGS = { kept: "span", taken_out: "del", put_in: "ins" };

const marked = (pieces) =>
  make(
    "p",
    { class: "text" },
    pieces.map(({ kind, text }) => make(TAGS[kind], {}, text)),
  );
const isChanged = (pieces) => pieces.some(({ kind }) => kind !== "kept");

function payments(lines) {
  const share = (bps) => (bps === null ? say("office.changes_no_payment") : percent(bps));
  return make(
    "dl",
    { class: "rows" },
    lines.map(({ months, before_bps: before, after_bps: after }) =>
      row(`${say("public.ladder_months")}: ${months}`, before === after ? share(after) : `${share(before)} → ${share(after)}`),
    ),
  );
}

/** What is voted on one by one, before and after, where that differs; nothing where it does not. */
function motionsMarked(before, after) {
  const lines = (tag, titles) => titles.map((title) => make("li", {}, make(tag, {}, title)));
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [make("h5", {}, say("public.motions")), make("ul", {}, lines("del", before), lines("ins", after))];
}

function draw(changes, plan, former) {
  const texts = [
    [say("office.editor_name"), changes.title],
    ...Object.entries(changes.parts).map(([name, pieces]) => [say("public.part_" + name), pieces]),
  ];
  const changed = texts.filter(([, pieces]) => isChanged(pieces));
  return [
    make("p", { class: "hint" }, say("office.changes_legend")),
    changed.length
      ? changed.flatMap(([name, pieces]) => [make("h5", {}, name), marked(pieces)])
      : make("p", {}, say("office.changes_no_text")),
    motionsMarked(former.motions ?? [], plan.motions ?? []),
    make("h5", {}, say("public.ladder")),
    payments(changes.payments),
    make("p", {}, say(changes.pdf_changed ? "office.changes_pdf" : "office.changes_no_pdf")),
  ].flat();
}

/** A button that shows the differences to the version before, among those the visitor sees; null for the first. */
export function drawChanges(plan, plans) {
  const former = plans.filter(({ version }) => version < plan.version).sort((a, b) => b.version - a.version)[0];
  if (!former) return null;
  const show = acting(async (button) => {
    const changes = await get(`/api/plans/${encodeURIComponent(plan.id)}/changes?since=${encodeURIComponent(former.id)}`);
    list("changes", draw(changes, plan, former), button.closest("[data-plan-id]"));
  });
  return [
    fault(),
    make("p", {}, make("button", { type: "button", class: "quiet", click: show }, say("office.changes", { version: former.version }))),
    make("div", { "data-list": "changes", "aria-live": "polite" }),
  ];
}
