// Step 5: the rule that the poll's file tells people is the announced one.
import { hex } from "../bytes.mjs";
import { ruleHash } from "../contracts.mjs";
import { alike, need } from "../findings.mjs";
import { MOST_CONDITIONS, PRESETS, isAllowed, sentence } from "../math/rule.mjs";
import { conditionsOf, parametersOf, pollFile } from "./poll_file.mjs";

/** Compares conditions, and the conditions with the preset that the file names. */
export async function checkRule(recount, log) {
  const { conditions } = need(recount.terms, 2);
  const isCount = conditions.length >= 1 && conditions.length <= MOST_CONDITIONS;
  log.holds("rule.range", "parameters", "conditions are not 1 to 8", isCount, "1 to 8", BigInt(conditions.length));
  conditions.forEach((one, i) => {
    if (log.holds("rule.range", `condition ${i}`, "is none that the protocol knows", isAllowed(one), "", one))
      log.note(`condition ${i}: ${sentence(one)}`);
  });
  const { file } = await pollFile(recount.published);
  const stated = conditionsOf(parametersOf(file), log);
  log.equal("rule.file", "poll.json: conditions", "are not the announced ones", conditions, stated);
  const name = file.text("rule_name");
  const known = Object.keys(PRESETS).find((one) => alike(PRESETS[one], conditions)) ?? "";
  if (known || Object.hasOwn(PRESETS, name))
    log.equal("rule.name", "poll.json: rule_name", "is not the name of the announced conditions", known, name);
  else log.note(`${name} is no preset of the protocol; its conditions are those above`);
  log.note(`${name}, rule hash ${hex(ruleHash(conditions))}`);
}
