"use strict";
// The form and the answer: what was sealed is kept before anything is opened.
let kept = "";
let shown = null;

function ownPoll() {
  return Check.readPoll({ case: at("case").value, pollNumber: at("number").value });
}

/** Keep the first line, if it is one, of the vote that was typed; from then on it cannot be changed without beginning again. */
function keep() {
  const { own } = ownPoll();
  const text = at("first").value.trim();
  let read = null;
  try {
    read = SealCheck.readFirst(text);
  } catch {
    // said below
  }
  const right = read !== null && own !== undefined && read.case === own.case && read.pollNumber === own.pollNumber;
  kept = right ? text : "";
  at("opening").hidden = !right;
  at("second").value = "";
  at("answer").hidden = true;
  showKept();
}

function showKept() {
  const touched = at("first").value.trim() !== "";
  at("kept").textContent = kept ? say("kept") : touched ? say("kept_not") : "";
}

const choicesIn = (choices) =>
  choices.length === 1
    ? say("choice" + choices[0])
    : choices.map((one, motion) => say("choice_motion", { number: motion + 1, choice: say("choice" + one) })).join(say("choice_between"));

function sentence({ state, why, choices, away }) {
  if (state === "broken" || state === "refused") return say(state + "_" + why);
  return say(state + "_words", { choice: choices ? choicesIn(choices) : "", away: (away ?? []).join("  ") });
}

function show(result) {
  shown = result;
  const box = at("answer");
  box.hidden = false;
  box.className = "answer " + ({ holds: "agrees", broken: "differs" }[result.state] ?? result.state);
  box.querySelector("strong").textContent = say(result.state);
  box.querySelector("p").textContent = sentence(result);
}

async function answer() {
  const { own, wrong } = ownPoll();
  if (wrong) return { state: "refused", why: wrong };
  show({ state: "busy" });
  return SealCheck.check(own, kept, at("second").value, nodeAddresses(), ask);
}

for (const name of ["first", "second"]) {
  at("scan-" + name).addEventListener("change", async () => {
    const code = await codeIn(at("scan-" + name));
    if (code) at(name).value = code;
  });
}
at("keep").addEventListener("click", keep);
at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  show(await answer());
  at("answer").scrollIntoView({ block: "start" });
});
preparePage(() => {
  showKept();
  if (shown && !at("answer").hidden) show(shown);
});
