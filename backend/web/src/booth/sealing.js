// What this page checks of a sealed poll's key before anything is sealed to it, and how a ballot was opened after the count.

import { download } from "../page/api.js";
import { beijing } from "../page/words.js";
import { pollAddress } from "../crypto/protocol.js";
import { isDealtKey } from "../crypto/transcripts.js";
import { showOpened } from "./choices.js";
import { say } from "./say.js";
import { state } from "./state.js";

const DAY_SECONDS = 86_400;

/** A poll as the service gives it, with its seal key where ballots are sealed to one. */
export const withSealKey = (poll) => (poll.sealing ? { ...poll, seal_key: poll.sealing.seal_key } : poll);

/** Whether the poll's key is the announced one, dealt by its trustees, of a poll that the case made; null where nothing is sealed. */
export async function checkSealKey(poll) {
  if (!poll.sealing) return null;
  const { ceremony_id: ceremony, seal_key_hash: announced } = poll.sealing;
  const transcript = new TextDecoder().decode(await download(`/api/ceremonies/${encodeURIComponent(ceremony)}/seal.json`));
  return pollAddress(poll.case_address, poll.number) === poll.address.toLowerCase() && isDealtKey(poll.seal_key, announced, transcript);
}

/** Until when the lender can object to how the ballot was opened. */
function untilWords({ stage, challenge_ends_at: endsAt, challenge_seconds: seconds }) {
  if (stage === "abandoned") return say("booth.opened_abandoned");
  if (stage === "tallied") return say("booth.opened_until", { moment: beijing(endsAt) });
  if (endsAt) return say("booth.opened_over", { moment: beijing(endsAt) });
  return seconds < DAY_SECONDS
    ? say("booth.opened_later_minutes", { count: Math.ceil(seconds / 60) })
    : say("booth.opened_later", { count: Math.ceil(seconds / DAY_SECONDS) });
}

/** The sentence about what is recorded: of a sealed ballot never its choice. */
export function recordedWords(sequence) {
  if (!sequence) return say("booth.nothing_recorded");
  if (!state.poll.sealing) return say("booth.voted_recorded", { sequence });
  return say(state.claim.opened_as ? "booth.sealed_was_recorded" : "booth.sealed_recorded", { sequence });
}

/** Show how the ballot was opened, once the contract has opened it. */
export const fillOpened = () => showOpened(state.claim.opened_as ?? null, state.poll, untilWords(state.poll));
