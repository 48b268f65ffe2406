// The seal that would be sent, checked on another device on request (protocol §22.5).

import { get } from "../page/api.js";
import { acting } from "../page/actions.js";
import { list, make, one, part } from "../page/dom.js";
import { drawCode } from "../page/qr.js";
import { sealFor } from "../crypto/protocol.js";
import { firstLine, secondLine } from "../crypto/seal_lines.js";
import { say } from "./say.js";
import { lenderPath, state } from "./state.js";

/** The choices sealed for this place: what another device was shown already, if it is for the same place, else anew. */
export function sealedFor({ index, sequence }) {
  const { poll, choices, key, sealed } = state;
  if (sealed?.sequence === sequence && sealed?.index === index) return sealed.made;
  return sealFor(poll, { index, sequence, choices }, key);
}

/** Nothing was shown of a seal, or it is not for sending any more. */
export function forgetSeal() {
  state.sealed = null;
  for (const name of ["seal-first", "seal-second"]) list(name, []);
  part("seal-shown", false);
  part("seal-opened", false);
  const details = one("[data-seal-check]");
  if (details) details.open = false;
}

const codeOf = (line, label) => [drawCode(line, label), make("p", { class: "hash" }, line)];

async function showSeal() {
  const { index, next_sequence: sequence } = await get(lenderPath("claim"));
  state.sealed = { index, sequence, made: sealFor(state.poll, { index, sequence, choices: state.choices }, state.key) };
  state.ballot = null;
  list("seal-first", codeOf(firstLine(state.poll, state.sealed, state.sealed.made), say("booth.seal_first_code")));
  list("seal-second", []);
  part("seal-shown", true);
  part("seal-opened", false);
}

/** Once opened, this very seal is not for sending: what is sent is sealed anew. */
function openSeal() {
  if (!state.sealed) return;
  list("seal-second", codeOf(secondLine(state.poll, state.sealed.made), say("booth.seal_second_code")));
  state.sealed = null;
  part("seal-opened", true);
}

/** Connect the buttons, where the poll is sealed. */
export function prepareSealCheck() {
  one('[data-act="seal-show"]')?.addEventListener("click", acting(showSeal));
  one('[data-act="seal-open"]')?.addEventListener("click", acting(openSeal));
}
