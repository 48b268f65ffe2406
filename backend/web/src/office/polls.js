// A case's polls: who waits to be seen, counting after the close, and each official's decision.

import { get, post } from "../page/api.js";
import { acting, tell } from "../page/actions.js";
import { make, row } from "../page/dom.js";
import { yuan } from "../page/numbers.js";
import { beijing, pageLanguage } from "../page/words.js";
import { drawComplaints } from "./complaints.js";
import { attestationAgrees } from "./agreement.js";
import { drawOpinions } from "./signed.js";
import { checkOf, describe, signTyped } from "./signing.js";
import { say } from "./say.js";
import { exactLeaks } from "./leaks.js";
import { drawLikenesses } from "./likenesses.js";
import { sitsIn } from "./successions.js";
import { drawSealing, drawUnsealing } from "./unsealing.js";
import { drawVouchers } from "./vouchers.js";
import { drawEntry } from "./work_list.js";

const path = (poll, rest) => `/api/polls/${encodeURIComponent(poll.id)}/${rest}`;
const fault = () => make("div", { class: "refusal", role: "alert", "data-fault": true, hidden: true });

/**
 * Opening the sums, once the official has seen what they tell; going on without the relay's closing note is offered only where that note
 * cannot come any more.
 */
function drawTally(poll, redraw) {
  const leaks = exactLeaks(poll, () => {
    for (const each of [button, late]) each.disabled = !leaks.seen();
  });
  const open = (query) => post(path(poll, "tally" + query), { acknowledged: leaks.acknowledged() });
  const late = make(
    "button",
    {
      type: "button",
      class: "quiet",
      disabled: true,
      click: acting(async () => {
        await open("?without_closing_note=true");
        await redraw();
      }),
    },
    say("office.tally_without"),
  );
  const without = make("div", { hidden: true }, make("p", { class: "refusal" }, say("office.tally_without_words")), late);
  const button = make(
    "button",
    {
      type: "button",
      disabled: true,
      click: acting(async () => {
        try {
          await open("");
        } catch (error) {
          without.hidden = error.code !== "ClosingNoteMissing";
          throw error;
        }
        await redraw();
      }),
    },
    say("office.tally"),
  );
  const section = make("section", {}, make("p", {}, say("office.tally_words")), leaks.node, fault(), button, without);
  leaks.load().catch((error) => tell(section, error));
  return section;
}

/** The leaves of the register that hold no claim, which the contract took out: nobody decides without knowing of them. */
function drawExcluded({ excluded }) {
  if (!excluded.length) return null;
  const line = (leaf) =>
    make("li", {}, say("public.excluded_leaf", { index: leaf.index, group: leaf.class_name, yuan: yuan(leaf.amount_fen) }));
  return make(
    "div",
    { class: "refusal" },
    make("p", {}, say("office.excluded_words", { count: excluded.length })),
    make("ul", {}, excluded.map(line)),
  );
}

/** Lenders who were told of a vote and cast none: nobody signs without having seen them. */
const drawContested = (indexes) =>
  indexes.length
    ? make(
        "p",
        { class: "refusal", "data-contested": indexes.length },
        say("office.contested_words", { count: indexes.length, indexes: indexes.join(", ") }),
      )
    : null;

/** What came of one of several motions. */
const motionLine = ({ title, passed }, place) =>
  make("li", {}, say("office.motion_result", { number: place + 1, title, outcome: say(passed ? "public.passed" : "public.not_passed") }));

async function attestationFor(poll, result, approve) {
  const { typed_data: typed, contested } = await get(path(poll, "attestation?approve=" + approve));
  const send = (redraw) =>
    acting(async () => {
      await post(path(poll, "attestations"), {
        ...(await signTyped(typed, "Attestation", poll)),
        approve,
        contested_seen: contested.length,
      });
      await redraw();
    });
  return { typed, contested, send, agrees: await attestationAgrees(typed, poll, result, approve) };
}

async function drawAttestation(poll, decides, redraw) {
  const [result, opinions] = await Promise.all([get(path(poll, "result")), get(path(poll, "attestations"))]);
  const waits = poll.stage === "tallied" && !opinions.some(({ own }) => own);
  const maySign = waits && decides && Date.parse(poll.chain_time) >= Date.parse(result.challenge_ends_at);
  const nodes = [
    result.motions.length > 1 ? make("ul", {}, result.motions.map(motionLine)) : null,
    make(
      "p",
      { class: "outcome " + (result.passed ? "outcome-passed" : "outcome-failed") },
      say(result.passed ? "public.passed" : "public.not_passed"),
    ),
    make("p", {}, say("public.challenge_until", { moment: beijing(result.challenge_ends_at) })),
    drawExcluded(result),
    decides ? null : make("p", { class: "hint" }, say("office.poll_of_others")),
    waits && decides ? make("p", {}, say(maySign ? "office.attest_words" : "office.attest_later")) : null,
  ];
  if (result.approvals !== undefined) nodes.push(make("p", {}, say("office.attest_count", result)));
  nodes.push(drawOpinions(opinions));
  if (!maySign) return make("section", { "data-decision": true }, nodes);
  for (const approve of result.passed ? [true, false] : [false]) {
    const { typed, contested, send, agrees } = await attestationFor(poll, result, approve);
    nodes.push(
      make(
        "section",
        {},
        drawContested(contested),
        describe(typed),
        checkOf(agrees),
        fault(),
        agrees
          ? make(
              "button",
              { type: "button", class: approve ? "" : "quiet", click: send(redraw) },
              say(approve ? "office.attest_approve" : "office.attest_refuse"),
            )
          : null,
      ),
    );
  }
  return make("section", { "data-decision": true }, nodes);
}

async function cardOf(poll, decides, redraw) {
  const parts = [];
  if (poll.stage === "announced" || poll.stage === "open") parts.push(await drawVouchers(poll, redraw), drawEntry(poll));
  parts.push(drawSealing(poll), await drawUnsealing(poll, redraw));
  if (poll.stage === (poll.sealing ? "counted" : "closed")) parts.push(drawTally(poll, redraw));
  if (["tallied", "approved", "refused"].includes(poll.stage)) parts.push(await drawAttestation(poll, decides, redraw));
  return make(
    "section",
    { "data-poll-id": poll.id },
    make("h4", {}, poll.title),
    make("p", { class: "stage stage-" + poll.stage }, say("common.stage_" + poll.stage)),
    make(
      "dl",
      { class: "rows" },
      row(say("public.opens_at"), beijing(poll.opens_at)),
      row(say("public.closes_at"), beijing(poll.closes_at)),
    ),
    parts,
    await drawComplaints(poll, redraw),
    await drawLikenesses(poll, redraw),
    ["approved", "refused"].includes(poll.stage)
      ? make(
          "p",
          { class: "acts" },
          make(
            "a",
            { class: "button quiet", href: path(poll, "certificate.pdf?lang=" + pageLanguage()), download: true },
            say("public.certificate"),
          ),
          make("a", { class: "button quiet", href: path(poll, "certificate.json"), download: true }, say("public.certificate_json")),
        )
      : null,
    make("p", {}, make("a", { href: "/officials/polls/" + encodeURIComponent(poll.id) }, say("office.poll_page"))),
    make("p", {}, make("a", { href: "/polls/" + encodeURIComponent(poll.id) }, say("office.result_page"))),
  );
}

/** The polls of a case. */
export async function drawPolls(theCase, accountId, redraw) {
  // whoever was succeeded has nothing to do with what others announced afterwards
  const concerns = (poll) => sitsIn(theCase, accountId) || sitsIn(theCase, accountId, poll.generation);
  const polls = (await get("/api/polls")).filter((poll) => poll.case_id === theCase.id && concerns(poll));
  if (!polls.length) return null;
  const cards = [];
  for (const poll of polls) cards.push(await cardOf(poll, sitsIn(theCase, accountId, poll.generation), redraw));
  return make("section", {}, make("h3", {}, say("office.polls")), cards);
}
