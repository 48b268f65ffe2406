// The ways of proving oneself that an announcement names among the poll's verifiers (docs/protocol.md §15), said in words before it is signed.

import { getFromVerifier } from "../page/api.js";
import { all, list, make, one, part } from "../page/dom.js";
import { wayName } from "../page/ways.js";
import { inWords } from "./refusal.js";
import { say } from "./say.js";

const MOST = 8; // verifiers of a poll (docs/protocol.md §8.1)
const PATIENCE_MS = 10_000;
const ADDRESS = /^0x[0-9a-f]{40}$/;

/** What this system's verifier offers, its own address first: `[{ address, name, words }]`; null when it does not answer. */
async function askOffered() {
  const base = one("#office").dataset.verifier.replace(/\/$/, "");
  const ask = (path) => getFromVerifier(base + path, AbortSignal.timeout(PATIENCE_MS));
  try {
    const [identity, { providers }] = await Promise.all([ask("/v1/identity"), ask("/v1/providers")]);
    const own = { address: identity.address.toLowerCase(), name: say("common.way_own"), words: say("office.announce_way_own_words") };
    return [
      own,
      ...providers.map((provider) => ({
        address: provider.address.toLowerCase(),
        name: wayName(provider),
        words: provider.sandbox ? say("office.announce_way_sandbox_words") : "",
        sandbox: provider.sandbox,
      })),
    ];
  } catch {
    return null; // the official writes the addresses; the form says why
  }
}

/** Each address with its name, so that nobody signs what only a machine can read. */
function inWordsAndFigures(addresses, nameFor) {
  return addresses.map((address) => make("li", {}, nameFor(address), make("br"), make("span", { class: "hash" }, address)));
}

function namesFrom(offered) {
  return (address) => {
    if (!offered) return say("office.way_unnamed");
    const way = offered.find((each) => each.address === address);
    if (!way) return say("office.way_other");
    return way.sandbox ? [way.name, make("small", {}, " ", way.words)] : way.name;
  };
}

function tickFor({ address, name, words }, place) {
  const box = make("input", { type: "checkbox", name: "way", value: address, checked: place === 0 });
  return make("label", { class: "pick" }, box, make("span", {}, name, words ? make("small", {}, words) : null));
}

/** The addresses that the form names, each once, in lower case: what is ticked, then what is written by hand. */
function namedIn(form) {
  const ticked = all('[name="way"]:checked', form).map(({ value }) => value);
  const written = form.elements.verifiers.value.split(/[\s,，、;；]+/).filter(Boolean);
  return [...new Set([...ticked, ...written.map((address) => address.toLowerCase())])];
}

/** Why the named addresses cannot be announced, as a sentence; empty when they can. */
function faultOf(named, offered) {
  const unreadable = named.find((address) => !ADDRESS.test(address));
  if (unreadable) return say("office.announce_address_unreadable", { text: unreadable });
  if (!named.length) return say("office.announce_none");
  if (named.length > MOST) return say("office.announce_too_many", { count: named.length, most: MOST });
  const [own, ...services] = offered ?? [];
  const ofThisVerifier = services.some(({ address }) => named.includes(address));
  return ofThisVerifier && !named.includes(own.address) ? say("office.announce_own_missing", { own: own.name }) : "";
}

/** Offer the ways in the announcement's form; `offer` asks the verifier, `named` gives the addresses or throws why they cannot be announced. */
export function prepareWays(form) {
  /** @type {any[] | null} */
  let offered = null;
  const showNamed = () => {
    const named = namedIn(form);
    const fault = faultOf(named, offered);
    const heading = fault || say("office.announce_chosen", { count: named.length, most: MOST });
    const ways = fault ? [] : [make("ul", {}, inWordsAndFigures(named, namesFrom(offered)))];
    list("ways-chosen", [make("p", {}, heading), ...ways], form);
  };
  const offer = async () => {
    if (offered) return; // asked already: what is ticked stays
    const answer = await askOffered();
    if (offered) return; // opened twice while the verifier was asked
    offered = answer;
    part("ways-silent", !offered, form);
    part("ways", Boolean(offered), form);
    list("ways", (offered ?? []).map(tickFor), form);
    showNamed();
  };
  form.addEventListener("input", showNamed);
  showNamed();
  return {
    offer,
    named() {
      const named = namedIn(form);
      const fault = faultOf(named, offered);
      if (fault) throw inWords(fault);
      return named;
    },
  };
}

/** What an announcement that waits for signatures names, in words; addresses stand at once, their names as soon as the verifier says them. */
export function waysOf({ kind, summary }) {
  if (kind !== "poll_announcement" && kind !== "sealed_poll_announcement") return null;
  const ways = make(
    "ul",
    {},
    inWordsAndFigures(summary.verifiers, () => say("office.ways_asking")),
  );
  askOffered().then((offered) => ways.replaceChildren(...inWordsAndFigures(summary.verifiers, namesFrom(offered))));
  return make("div", { class: "notice", role: "status" }, make("p", {}, say("office.announce_counted")), ways);
}
