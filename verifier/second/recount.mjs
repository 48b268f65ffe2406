// A second recount, for strangers to hold beside verifier/tally: it follows docs/protocol.md, section 13, in another language and by other
// ways, and shares no code with the first. Its last line is JSON; exit statuses are those of section 13.1. Needs Node 20 and the two
// @noble packages.
import { Misuse, USAGE, optionsOf } from "./options.mjs";
import { asJson, endLines } from "./report.mjs";
import { recountOf } from "./run.mjs";
import { VERDICTS } from "./state.mjs";

try {
  const recount = await recountOf(optionsOf(process.argv.slice(2)), (line) => console.log(line));
  for (const line of [...endLines(recount), asJson(recount)]) console.log(line);
  process.exitCode = VERDICTS[recount.verdict];
} catch (error) {
  if (!(error instanceof Misuse)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
