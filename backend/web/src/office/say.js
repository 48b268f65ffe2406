// The offices' sentences.

import common from "../../messages/common.json" with { type: "json" };
import office from "../../messages/office.json" with { type: "json" };
import publicPages from "../../messages/public.json" with { type: "json" };
import { large, yuan } from "../page/numbers.js";
import { pageLanguage, speaker } from "../page/words.js";

/** Say `office.…`, `common.…` or `public.…`. */
export const say = speaker({ office, common, public: publicPages });

/** A label for a key of a summary; the key itself where no word is written for it. */
export const label = (key) => (office["summary_" + key] ? say("office.summary_" + key) : key.replace(/_/g, " "));

/** A column of the register file as the template names it. */
export const columnName = (key) => (office["column_" + key] ? say("office.column_" + key) : key || "");

/** A total in yuan; a large one with how people read it beside it. */
export function amount(fen) {
  const said = large(fen, pageLanguage());
  return said ? `${yuan(fen)} (${say("common.yuan_large", { amount: said })})` : yuan(fen);
}
