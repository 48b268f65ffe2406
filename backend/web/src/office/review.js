// The imported register as officials review it before they freeze it.

import { make, row, stackedTable } from "../page/dom.js";
import { yuan } from "../page/numbers.js";
import { beijing } from "../page/words.js";
import { label, say } from "./say.js";
import { markRows, unseenRows } from "./work_list.js";

function classTable(classes) {
  const head = ["public.register_class", "office.register_lenders", "office.register_total"].map((key) => say(key));
  const lines = classes.map(({ name, lenders, total_fen: fen }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      make("td", { class: "figure", "data-label": head[1] }, String(lenders)),
      make("td", { class: "figure", "data-label": head[2] }, yuan(fen)),
    ),
  );
  return stackedTable(say("office.review_classes"), head, lines);
}

/** What the newest import found: rows, merged accounts, related parties, classes, the file and its hash, and the list of refused rows. */
export function drawReview(theCase, { import: report, classes }) {
  if (!report) return null;
  const facts = [
    ["rows", report.rows],
    ["accepted", report.accepted],
    ["merged", report.merged],
    ["refused", report.refused],
    ["related", report.related_lenders],
  ];
  const rejects = `/api/cases/${encodeURIComponent(theCase.id)}/register/imports/${encodeURIComponent(report.id)}/rejects.csv`;
  return make(
    "details",
    { open: true },
    make("summary", {}, say("office.review")),
    make(
      "dl",
      { class: "rows" },
      facts.map(([name, value]) => row(say("office.report_" + name), String(value))),
      row(say("office.report_related_total"), yuan(report.related_fen)),
      row(say("office.review_no_claim"), String(report.lenders_without_claim)),
      markRows(report),
      unseenRows(report),
      row(label("file_name"), report.file_name),
      row(say("office.review_imported"), beijing(report.imported_at)),
      row(label("file_sha256"), report.file_sha256, "hash"),
    ),
    classTable(classes),
    make("p", { class: "hint" }, say("office.review_words")),
    make("p", {}, make("a", { class: "button quiet", href: rejects, download: true }, say("office.upload_rejects_file"))),
  );
}
