"use strict";
// The form and the answer.
let shown = null;
const BEIJING_SECONDS = 8 * 3600;
const beijing = (seconds) => new Date((seconds + BEIJING_SECONDS) * 1000).toISOString().slice(0, 16).replace("T", " ");
function yuan(fen) {
  const digits = String(fen).padStart(3, "0");
  return say("yuan", { amount: digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",") + "." + digits.slice(-2) });
}

/** What the ballot holds, as far as it can be known: a sealed one nothing before the secret is, and nothing of another in its place. */
function choiceOf({ seen, claim, state }) {
  if (!seen) return "";
  if (!seen.sealKeyHash) return say("choice" + seen.choice);
  if (state === "replaced") return say("choice_unknown");
  if (!seen.isOpened) return say("choice_sealed", { closes: beijing(seen.closesAt) });
  if (!seen.choices.length) return say("choice_invalid");
  if (claim.motions === 1) return say("choice" + seen.choices[0]);
  return seen.choices
    .map((one, motion) => say("choice_motion", { number: motion + 1, choice: say("choice" + one) }))
    .join(say("choice_between"));
}

function sentence(result) {
  if (result.state === "busy") return "";
  const away = (result.away || []).join("  ");
  if (result.state === "refused") return say("refused_" + result.why);
  if (result.state === "typed") return say("typed_" + result.why);
  return say(result.state + "_words", { away, choice: choiceOf(result), sequence: result.seen?.sequence });
}

/** What the answer is about: choice, amount, class, key, case, poll and plan, for the lender to see that it is theirs. */
function factsOf({ seen, claim, own, state }) {
  const name = claim.class_name || "";
  const rows = [
    ["fact_choice", choiceOf({ seen, claim, state })],
    ...(seen.sealKeyHash ? [["fact_seal", grouped(claim.seal)]] : []),
    ["fact_amount", yuan(claim.amount_fen)],
    ["fact_class", say("fact_class_value", { name, number: claim.voting_class })],
    ["fact_key", grouped(claim.ballot_key)],
    ["fact_case", own.case],
    ["fact_poll", say("fact_poll_value", { number: own.pollNumber, opens: beijing(seen.opensAt), closes: beijing(seen.closesAt) })],
    ["fact_plan", grouped(seen.planHash)],
  ];
  return rows.flatMap(([label, value]) => [line("dt", say(label)), line("dd", value)]);
}

function show(result) {
  shown = result;
  const box = at("answer");
  box.hidden = false;
  box.className = "answer " + result.state;
  box.querySelector("strong").textContent = say(result.state);
  box.querySelector("p").textContent = sentence(result);
  at("rehearsal").hidden = !result.seen?.rehearsal;
  at("facts").replaceChildren(...(result.seen?.root ? factsOf(result) : []));
  const named = (which) => say(WORDS[which + "_finding"] ? which + "_finding" : which);
  at("findings").replaceChildren(
    ...(result.findings || []).map(([which, good]) => line("li", good ? "✓ " : "✗ ", named(which), " · ", say(good ? "yes" : "no"))),
  );
}

async function answer() {
  let claim;
  try {
    claim = Check.read(at("text").value);
  } catch {
    return { state: "unread" };
  }
  const { own, wrong } = Check.readOwn({
    case: at("case").value,
    pollNumber: at("number").value,
    amount: at("amount").value,
    keyCode: at("key").value,
  });
  if (wrong) return { state: "typed", why: wrong };
  show({ state: "busy" });
  return { ...(await Check.check(own, claim, nodeAddresses(), ask)), claim, own };
}

at("file").addEventListener("change", async () => {
  at("text").value = (await at("file").files[0]?.text()) ?? "";
});
at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  show(await answer());
  at("answer").scrollIntoView({ block: "start" });
});
preparePage(() => shown && show(shown));
