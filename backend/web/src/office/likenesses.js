// Lists of lenders whose faces look alike, signed by the verifier: officials look into each pair. No face is shown, no vote is touched.

import { get, post } from "../page/api.js";
import { acting } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { parseExact } from "../page/exact.js";
import { beijing } from "../page/words.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const FINDINGS = ["same_person", "different", "documents"];
const path = (poll) => `/api/polls/${encodeURIComponent(poll.id)}/likenesses`;
const fault = () => make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true });

async function take(form, poll, redraw) {
  let statement;
  try {
    statement = parseExact(await form.elements.list.files[0].text());
  } catch {
    throw inWords(say("office.likeness_file_wrong"));
  }
  await post(path(poll), { statement });
  await redraw();
}

function findingForm(pair, redraw) {
  const send = acting(async (form) => {
    await post(`/api/likenesses/${encodeURIComponent(pair.id)}/${form.elements.finding.value}`, { reason: form.elements.reason.value });
    await redraw();
  });
  const choice = (finding) => make("option", { value: finding, selected: pair.finding === finding }, say("office.likeness_" + finding));
  return make(
    "form",
    { submit: send },
    make("label", { for: "finding-" + pair.id }, say("office.likeness_finding")),
    make(
      "select",
      { id: "finding-" + pair.id, name: "finding", required: true },
      make("option", { value: "" }, say("office.likeness_choose")),
      FINDINGS.map(choice),
    ),
    make("label", { for: "reason-" + pair.id }, say("office.likeness_reason")),
    make("input", { id: "reason-" + pair.id, name: "reason", maxlength: 200, required: true, value: pair.reason }),
    fault(),
    make("button", { type: "submit", class: "quiet" }, say("office.likeness_save")),
  );
}

const cardOf = (pair, redraw) =>
  make(
    "details",
    { "data-likeness-id": pair.id },
    make("summary", {}, say("office.likeness_pair", pair), " · ", say("office.likeness_" + (pair.finding || "open"))),
    make(
      "dl",
      { class: "rows" },
      row(say("office.likeness_first"), `${pair.first_name}（${pair.first}）`),
      row(say("office.likeness_second"), `${pair.second_name}（${pair.second}）`),
      row(say("office.likeness_band"), say("office.likeness_" + pair.band)),
      pair.found_at ? row(say("office.likeness_found_by"), `${pair.found_by} · ${beijing(pair.found_at)}`) : null,
    ),
    findingForm(pair, redraw),
  );

const listOf = (found, redraw) =>
  make(
    "section",
    {},
    make(
      "p",
      { class: "notice" },
      say("office.likeness_chance", {
        pairs: found.pairs.length,
        searched: found.searched,
        expected: (found.expected_false_milli / 1000).toFixed(1),
        moment: beijing(found.made_at),
      }),
    ),
    found.pairs.map((pair) => cardOf(pair, redraw)),
  );

/** The lists of a poll, and a form for the next one. */
export async function drawLikenesses(poll, redraw) {
  const lists = await get(path(poll));
  const input = make("input", {
    id: "likenesses-" + poll.id,
    type: "file",
    name: "list",
    accept: ".json,application/json",
    required: true,
  });
  return make(
    "details",
    { open: lists.length > 0, "data-likenesses": true },
    make("summary", {}, say("office.likenesses")),
    make("p", {}, say("office.likenesses_words")),
    lists.map((found) => listOf(found, redraw)),
    lists.length ? make("p", {}, make("a", { href: path(poll) + ".csv", download: true }, say("office.likeness_export"))) : null,
    make(
      "form",
      { submit: acting((form) => take(form, poll, redraw)) },
      make("label", { for: input.id }, say("office.likeness_file")),
      input,
      fault(),
      make("button", { type: "submit", class: "quiet" }, say("office.likeness_take")),
    ),
  );
}
