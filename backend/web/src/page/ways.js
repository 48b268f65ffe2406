// What the ways of proving oneself are called, for lenders and officials alike (docs/protocol.md §15).

import common from "../../messages/common.json" with { type: "json" };
import { speaker } from "./words.js";

const say = speaker({ common });
const SANDBOX = "/sandbox";

/** An identity provider in words, as `GET /v1/providers` of the verifier lists it; a sandbox says DEMO. */
export function wayName({ way, sandbox }) {
  const name = say("common.way_" + way.replace(SANDBOX, ""));
  return sandbox ? say("common.way_sandbox", { name }) : name;
}
