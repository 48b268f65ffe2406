// Tries the scenes of a stage on one copy of the second recount: node script_killing.mjs COPY STAGE, with { trials, order } on stdin.
// Prints the number of each scene before it is tried, and -1 when none was judged wrongly.
import { readFileSync } from "node:fs";
import { chdir } from "node:process";
import { pathToFileURL } from "node:url";

const [copy, stage] = process.argv.slice(2);
const { trials, order } = JSON.parse(readFileSync(0, "utf8"));
const tell = (number) => console.log(number);
tell(order[0]);
const load = (name) => import(pathToFileURL(`${copy}/${name}`));
const { optionsOf } = await load("options.mjs");
const { asJson } = await load("report.mjs");
const { recountOf } = await load("run.mjs");
chdir(stage);

/** Whether a scene is judged as it must be. */
async function isRight({ arguments: given, verdict, finding }) {
  const said = JSON.parse(asJson(await recountOf(optionsOf(given), () => {})));
  return said.recount === verdict && (finding === "" || said.names.includes(finding) || said.void.some((one) => one.name === finding));
}

for (const number of order) {
  tell(number);
  if (!(await isRight(trials[number]))) process.exit(0);
}
tell(-1);
process.exit(0);
