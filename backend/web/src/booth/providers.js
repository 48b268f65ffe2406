// By an identity provider that the poll names (docs/protocol.md §15). What the lender types goes to the verifier alone, and is gone from the page with the form.

import { getFromVerifier } from "../page/api.js";
import { acting, showFault } from "../page/actions.js";
import { all, fill, list, make, one, part } from "../page/dom.js";
import { wayName } from "../page/ways.js";
import { pageLanguage } from "../page/words.js";
import { acceptCredential, askTicket, askVerifier, refusalInWords, verifierBase, verifierRequest } from "./identity.js";
import { say } from "./say.js";
import { onLeaving, onShowing, screenElement, show, state, takeNewKey } from "./state.js";

/** @type {any} */
let offered = null; // which providers count; frozen with the poll, so one answer serves as long as the page is open
let handle = "";

const inWords = (zh, en) => (pageLanguage() === "en" ? en : zh);

/** Of the verifier's providers offer those that the poll names, and say which ways count; face and two officials do in any poll of this verifier. */
async function offer() {
  if (offered) return;
  let answer;
  try {
    answer = await getFromVerifier(verifierBase() + "/v1/providers");
  } catch {
    return; // whichever way the lender then takes says that the verifier does not answer
  }
  offered = answer.providers.filter(({ address }) => state.poll.verifiers.some((named) => named.toLowerCase() === address.toLowerCase()));
  part("providers", offered.length > 0);
  if (!offered.length) return;
  const ways = [say("common.way_face"), say("common.way_officials"), ...offered.map(wayName)];
  fill("ways", say("booth.ways_count", { ways: ways.join(say("common.ways_between")) }));
  list(
    "providers",
    offered.map((provider) => pick(provider, offered.length === 1)),
  );
  askFields();
}

function pick(provider, only) {
  const radio = make("input", { type: "radio", name: "way", value: provider.way, required: true, checked: only });
  return make("label", { class: "pick" }, radio, make("span", {}, wayName(provider)));
}

/** Show what the chosen provider needs, and nothing else. */
function askFields() {
  const form = one('[data-form="provider"]');
  const chosen = offered.find(({ way }) => way === new FormData(form).get("way"));
  for (const place of all("[data-field]", form)) {
    place.hidden = !chosen?.fields.includes(place.dataset.field);
    one("input", place).disabled = place.hidden;
  }
}

/** Nothing of what was typed stays. */
function forgetTyped() {
  handle = "";
  one('[data-form="provider"]').reset();
  one('[data-form="provider-answer"]').reset();
  if (offered) askFields();
}

async function begin(form) {
  const typed = Object.fromEntries(new FormData(form));
  await askTicket(takeNewKey());
  const begun = await askVerifier("/v1/providers/begin", { ...verifierRequest(), ...typed });
  fill("provider-words", inWords(begun.zh, begun.en));
  show("provider");
  handle = begun.handle;
}

async function finish(form) {
  const code = form.elements.code.value.trim();
  await askTicket(state.ticket.ballot_key); // a service outside may take longer than a ticket lasts
  const answer = await askVerifier("/v1/providers/finish", { ...verifierRequest(), handle, answer: code ? { code } : {} });
  if (answer.decision === "accepted" && answer.credential) {
    acceptCredential(answer.credential);
    return;
  }
  show("identity");
  showFault(screenElement(), refusalInWords(inWords(answer.reason_zh, answer.reason_en)));
}

/** Connect forms and buttons. */
export function prepareProviders() {
  const form = one('[data-form="provider"]');
  form.addEventListener("change", askFields);
  form.addEventListener("submit", acting(begin));
  one('[data-form="provider-answer"]').addEventListener("submit", acting(finish));
  one('[data-act="provider-other"]').addEventListener(
    "click",
    acting(() => show("identity")),
  );
  onShowing((screen) => screen === "identity" && offer());
  onLeaving(forgetTyped);
}
