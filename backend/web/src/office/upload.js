// The register file: first a dry run, then the import of the very same file.

import { upload } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, list, make, one, row } from "../page/dom.js";
import { pageLanguage } from "../page/words.js";
import { amount, columnName, say } from "./say.js";
import { markRows, unseenRows } from "./work_list.js";

function totals(report) {
  const facts = [
    ["rows", report.rows],
    ["accepted", report.accepted],
    ["refused", report.refused],
    ["merged", report.merged],
    ["lenders", report.lenders],
    ["related", report.related_lenders],
  ];
  const rows = facts
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => row(say("office.report_" + name), String(value)));
  if (report.total_fen !== undefined) rows.push(row(say("office.report_total"), amount(report.total_fen)));
  rows.push(...markRows(report), ...unseenRows(report));
  return make("dl", { class: "rows" }, rows);
}

function rejectTable(rejects) {
  const head = ["row", "field", "rule"].map((name) => make("th", { scope: "col" }, say("office.reject_" + name)));
  const words = (reject) => reject[pageLanguage() === "en" ? "message_en" : "message_zh"] ?? reject.rule;
  const lines = rejects.map((reject) =>
    make(
      "tr",
      {},
      make("td", {}, reject.cell || String(reject.row ?? "")),
      make("td", {}, columnName(reject.field)),
      make("td", {}, words(reject)),
    ),
  );
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": say("office.report_refused") },
    make("table", {}, make("thead", {}, make("tr", {}, head)), make("tbody", {}, lines)),
  );
}

function refusal(theCase, report) {
  const { id, rejects } = report;
  const file = `/api/cases/${encodeURIComponent(theCase.id)}/register/imports/${encodeURIComponent(id)}/rejects.csv`;
  return [
    make("p", { class: "refusal" }, say("office.upload_refused", { count: report.refused })),
    report.stopped_at_row ? make("p", { class: "hint" }, say("office.upload_stopped", { row: report.stopped_at_row })) : null,
    id ? make("p", {}, make("a", { class: "button quiet", href: file }, say("office.upload_rejects_file"))) : null,
    rejectTable(rejects),
    rejects.length < report.rejects_total ? make("p", { class: "hint" }, say("office.upload_more", { shown: rejects.length })) : null,
  ].filter(Boolean);
}

async function send(theCase, file, dryRun, node) {
  const form = new FormData();
  form.append("file", file, file.name);
  fill("upload-busy", say("office.working"), node);
  try {
    return await upload(`/api/cases/${encodeURIComponent(theCase.id)}/register/imports?dry_run=${dryRun}`, form);
  } catch (error) {
    const { rows: rejects, ...facts } = error.details ?? {};
    if (error.status !== 422 || !facts.id || !Array.isArray(rejects)) throw error;
    list("report", refusal(theCase, { ...facts, rejects }), node);
    return null;
  } finally {
    fill("upload-busy", "", node);
  }
}

async function dryRun(theCase, file, node, redraw) {
  list("report", [], node);
  const report = await send(theCase, file, true, node);
  if (!report) return;
  if (report.refused) {
    list("report", refusal(theCase, report), node);
    return;
  }
  const importNow = acting(async () => {
    const done = await send(theCase, file, false, node);
    if (!done) return;
    await redraw(); // draws this form again; the register's own lines say what was imported
  });
  list(
    "report",
    [
      make("p", { class: "notice" }, say("office.upload_good")),
      report.lenders_for_officials
        ? make("p", { class: "notice" }, say("office.upload_marked", { count: report.lenders_for_officials }))
        : null,
      totals(report),
      make("button", { type: "button", click: importNow }, say("office.upload_real")),
    ].filter(Boolean),
    node,
  );
}

/** The upload form of a case. */
export function drawUpload(theCase, redraw) {
  const node = one("#upload").content.cloneNode(true).firstElementChild;
  one("form", node).addEventListener(
    "submit",
    acting((form) => dryRun(theCase, form.elements.file.files[0], node, redraw)),
  );
  return node;
}
