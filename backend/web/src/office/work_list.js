// Lenders whom a person has to look after: how many and why, the list, and the entry code for those whom no text message reaches.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { fill, make, row, stackedTable } from "../page/dom.js";
import { beijing } from "../page/words.js";
import { say } from "./say.js";

const path = (theCase, rest) => `/api/cases/${encodeURIComponent(theCase.id)}/register/${rest}`;
const reasons = (marks) => marks.map((mark) => say("office.mark_" + mark)).join("、");

/** What an import says of them, as rows. */
export function markRows({ for_officials: counts = {}, lenders_for_officials: lenders = 0 }) {
  if (!lenders) return [];
  return [
    row(say("office.marked"), String(lenders)),
    ...Object.entries(counts).map(([mark, count]) => row(say("office.mark_" + mark), String(count))),
  ];
}

/** What of a workbook a person does not see, as rows; and the unit where it is not yuan. */
export function unseenRows({ unit, unit_fen: fen, unseen }) {
  const rows = fen === 100 ? [] : [row(say("office.report_unit"), unit)];
  if (unseen?.left_out_sheets.length) rows.push(row(say("office.unseen_sheets"), unseen.left_out_sheets.join("、")));
  if (unseen?.hidden_rows) rows.push(row(say("office.unseen_rows"), `${unseen.hidden_rows} (${unseen.first_hidden_rows.join("、")})`));
  if (unseen?.hidden_columns.length) rows.push(row(say("office.unseen_columns"), unseen.hidden_columns.join("、")));
  return rows;
}

/** The list of the newest import. */
export async function drawWorkList(theCase, { import: report }) {
  if (!report?.lenders_for_officials) return null;
  const lenders = await get(path(theCase, "for-officials"));
  const head = [say("office.marked_index"), say("office.marked_name"), say("office.marked_why"), say("office.marked_claims")];
  const lines = lenders.map(({ index, name_masked: name, marks, claim_numbers: claims }) =>
    make(
      "tr",
      {},
      make("td", { class: "figure", "data-label": head[0] }, index === null ? "–" : String(index)),
      make("th", { scope: "row" }, name),
      make("td", { "data-label": head[2] }, reasons(marks)),
      make("td", { "data-label": head[3] }, claims.join(" ")),
    ),
  );
  return make(
    "details",
    { "data-work-list": true },
    make("summary", {}, say("office.marked_title", { count: report.lenders_for_officials })),
    make("p", {}, say("office.marked_words")),
    stackedTable(say("office.marked"), head, lines),
    make(
      "p",
      {},
      make("a", { class: "button quiet", href: path(theCase, "for-officials.csv"), download: true }, say("office.marked_file")),
    ),
  );
}

/** For an official who has the lender before the eyes: an entry code, shown once. */
export function drawEntry(poll) {
  const node = make(
    "details",
    { "data-entry": true },
    make("summary", {}, say("office.entry_title")),
    make("p", {}, say("office.entry_words")),
    make(
      "form",
      {
        submit: acting(async (form) => {
          const { code, expires_at: until } = await post(`/api/polls/${encodeURIComponent(poll.id)}/entries`, {
            index: Number(form.elements.index.value),
          });
          fill("entry-code", code, node);
          fill("entry-until", say("office.entry_until", { moment: beijing(until) }), node);
          form.reset();
        }),
      },
      make(
        "label",
        {},
        say("office.entry_index"),
        make("input", { name: "index", inputmode: "numeric", pattern: "[0-9]{1,8}", required: true, maxlength: 8 }),
      ),
      make("label", { class: "tick" }, make("input", { type: "checkbox", required: true }), make("span", {}, say("office.entry_seen"))),
      make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true }),
      make("button", { type: "submit", class: "quiet" }, say("office.entry_make")),
    ),
    make("p", { class: "code", role: "status", "data-fill": "entry-code" }),
    make("p", { "data-fill": "entry-until" }),
  );
  return node;
}
