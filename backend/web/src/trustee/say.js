// The trustee's page in words. Every node knows its sentence, so that the page can go on in the other language where it stands.

import trustee from "../../messages/trustee.json" with { type: "json" };
import { all, make } from "../page/dom.js";
import { speaker } from "../page/words.js";

const say = speaker({ trustee });

/** Put a sentence into a node. */
export function put(node, key, facts = {}) {
  node.dataset.say = key;
  node.dataset.facts = JSON.stringify(facts);
  node.textContent = say(key, facts);
  return node;
}

/** A new element with a sentence. */
export const said = (tag, key, facts = {}, properties = {}) => put(make(tag, properties), key, facts);

/** Say everything once more, after the language has changed. */
export function sayAgain() {
  for (const node of all("[data-say]")) put(node, node.dataset.say, JSON.parse(node.dataset.facts));
  document.title = say("trustee.title");
}
