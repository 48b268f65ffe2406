// The rules by which chains hash, by the names under which whoever recounts chooses one (protocol, section 13).
import * as ethereum from "./ethereum.mjs";
import * as kaia from "./kaia.mjs";

export const RULES = { ethereum, kaia };
