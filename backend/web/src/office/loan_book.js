// The loan book for the outlook: checked or imported as a whole, its contradictions named by row and column.

import { upload } from "../page/api.js";
import { acting } from "../page/actions.js";
import { list, make } from "../page/dom.js";
import { fault } from "./case.js";
import { say } from "./say.js";

const field = (label, properties) => make("label", {}, say(label), make("input", properties));

async function hand(theCase, form, dry) {
  const body = new FormData(form);
  const at = `/api/cases/${encodeURIComponent(theCase.id)}/loan-book?dry_run=${dry}`;
  list("book-report", [], form);
  const { loans } = await upload(at, body);
  list("book-report", [make("p", {}, say(dry ? "office.book_checked" : "office.book_imported", { loans }))], form);
}

/** Template, file, months, check and import; the list of contradictions comes back as a file. */
export function drawLoanBook(theCase) {
  const form = make(
    "form",
    { "data-form": "loan-book" },
    field("office.book_file", { type: "file", name: "file", accept: ".xlsx,.csv", required: true }),
    field("office.book_as_of", { name: "as_of", required: true, maxlength: "7", placeholder: "2026-06" }),
    field("office.book_collapsed", { name: "collapsed", maxlength: "7", placeholder: "2025-09" }),
    fault(),
    make("button", { type: "button", class: "quiet", click: acting(() => hand(theCase, form, true)) }, say("office.book_check")),
    make("button", { type: "button", click: acting(() => hand(theCase, form, false)) }, say("office.book_import")),
    make("div", { "data-list": "book-report", "aria-live": "polite" }),
  );
  return make(
    "details",
    {},
    make("summary", {}, say("office.book")),
    make("p", {}, say("office.book_words")),
    make(
      "p",
      { class: "acts" },
      ["xlsx", "csv"].map((kind) =>
        make("a", { class: "button quiet", href: `/api/loan-book/template.${kind}` }, say("office.book_template", { kind })),
      ),
    ),
    form,
  );
}
