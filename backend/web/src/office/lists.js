// The four lists of the visitor's cases, with each one's next step.

import { post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row, stackedTable } from "../page/dom.js";
import { pageLanguage } from "../page/words.js";
import { fault } from "./case.js";
import { say } from "./say.js";

const MEASURES = ["transformation", "wind_down", "prosecution"];
const inThisLanguage = (item, name) => item[`${name}_${pageLanguage()}`];

/** One row a case: institution, measure, exit date, who is responsible, next step. */
export function drawLists(cases) {
  const columns = ["institution", "measure", "exit_on", "responsible", "next_step"];
  const words = Object.fromEntries(
    columns.map((name) => [name, name === "next_step" ? say("office.next_step") : say("office.list_" + name)]),
  );
  const lines = cases.map(({ institution, listing, next_step: step }) => {
    const missing = say("office.list_missing");
    const cells = [
      inThisLanguage(listing, "measure") || missing,
      listing.exit_on || missing,
      listing.responsible || missing,
      inThisLanguage(step, "sentence"),
    ];
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, institution.name),
      cells.map((text, place) => make("td", { "data-label": words[columns[place + 1]] }, text)),
    );
  });
  return make(
    "section",
    {},
    make("h2", {}, say("office.lists")),
    stackedTable(
      say("office.lists"),
      columns.map((name) => words[name]),
      lines,
    ),
    make("p", {}, make("a", { class: "button quiet", href: "/api/cases.csv", download: true }, say("office.lists_file"))),
  );
}

/** The form in which officials enter a case into the lists. */
export function drawListing(theCase, redraw) {
  const { listing } = theCase;
  const save = acting(async (form) => {
    const data = Object.fromEntries(new FormData(form));
    await post(`/api/cases/${encodeURIComponent(theCase.id)}/listing`, { ...data, exit_on: data.exit_on || null });
    await redraw();
  });
  const options = [["", say("office.list_choose")], ...MEASURES.map((name) => [name, say("office.measure_" + name)])];
  return make(
    "details",
    {},
    make("summary", {}, say("office.list_edit")),
    make(
      "section",
      {},
      make("dl", { class: "rows" }, row(say("office.list_code"), theCase.institution.credit_code)),
      fault(),
      make(
        "form",
        { submit: save },
        make(
          "label",
          {},
          say("office.list_measure"),
          make(
            "select",
            { name: "measure", required: true },
            options.map(([value, text]) => make("option", { value, selected: value === listing.measure }, text)),
          ),
        ),
        make("label", {}, say("office.list_exit_on"), make("input", { type: "date", name: "exit_on", value: listing.exit_on ?? "" })),
        make(
          "label",
          {},
          say("office.list_responsible"),
          make("input", { name: "responsible", required: true, maxlength: "100", value: listing.responsible }),
        ),
        make("button", { type: "submit", class: "quiet" }, say("office.list_save")),
      ),
    ),
  );
}
