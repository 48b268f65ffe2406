// Many recounts in one process: node verifier/second/scenes.mjs FOLDER, where index.json lists { "arguments" } relative to the folder, as
// `python -m scripts.tampers.scenes FOLDER` writes it. Prints for each what the recount's last line would be, and at the end how many.
import { readFileSync } from "node:fs";
import { chdir } from "node:process";
import { Misuse, optionsOf } from "./options.mjs";
import { asJson } from "./report.mjs";
import { recountOf } from "./run.mjs";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("node verifier/second/scenes.mjs FOLDER");
  process.exit(2);
}
const scenes = JSON.parse(readFileSync(`${folder}/index.json`, "utf8"));
chdir(folder);
for (const { arguments: given } of scenes) {
  try {
    console.log(asJson(await recountOf(optionsOf(given), () => {})));
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    console.log(JSON.stringify({ recount: "called wrongly", exit_status: 2, why: error.message }));
  }
}
console.log(JSON.stringify({ scenes: scenes.length }));
