// Step 10: the decision of k distinct officials, after the challenge period.
import { hex, keccak } from "../bytes.mjs";
import { alike, need } from "../findings.mjs";
import { hasSigned, short } from "../math/signers.mjs";
import { callOf, timeOf } from "./acts.mjs";

/** Establishes the decision from the attestations, and compares it with what the chain says. */
export async function checkDecision(recount, log) {
  const scene = need(recount.scene, 1);
  if (scene.isAbandoned) {
    for (const event of scene.ofPoll("OfficialAttested", "PollDecided"))
      log.wrong("decision.event", event.where, "decides on a poll that was abandoned");
    return log.note("the poll was abandoned: there is nothing to decide");
  }
  const result = need(recount.result, 8);
  const { generation } = need(recount.terms, 2);
  const voices = new Voices(scene, generation, result, log);
  for (const event of scene.ofPoll("OfficialAttested")) {
    const at = await timeOf(recount, event);
    const isOver = at >= result.challengeEndsAt;
    log.holds(
      "decision.early",
      event.where,
      "attested before the challenge period ended",
      isOver,
      `${result.challengeEndsAt} or later`,
      at,
    );
    const { inputs } = await callOf(recount, event, "attest", scene.poll, "decision.event");
    voices.take(event, ...inputs);
  }
  const said = scene.ofPoll("PollDecided").map(({ values, log: made }) => [values[0], made.transaction]);
  log.holds(
    "decision.event",
    "events of the poll: PollDecided",
    "is not what the attestations give",
    alike(voices.decided, said),
    voices.decided,
    said,
  );
  const { approvals, refusals, decision } = voices;
  recount.decision = decision;
  log.note(`${decision}: ${approvals} officials approve, ${refusals} refuse; ${generation.panel.threshold} decide`);
}

/** Who attested what so far, and the decision that follows. */
class Voices {
  constructor(scene, generation, result, log) {
    this.scene = scene;
    this.panel = generation.panel;
    this.institution = generation.institution;
    this.result = result;
    this.log = log;
    this.heard = new Set();
    this.approvals = 0n;
    this.refusals = 0n;
    this.decision = "undecided";
    this.decided = [];
  }

  /** One attestation: what its event says, what its transaction says, and who signed it. */
  take(event, signer, approve, signature) {
    const { log, scene, result } = this;
    const isSame = alike([keccak(signer), approve], event.values);
    log.holds("decision.event", event.where, "names another signer or voice than its transaction", isSame, short(signer), event.values[0]);
    log.holds("decision.not-passed", event.where, "approves a plan that did not pass", Boolean(result.passed) || !approve);
    const isOutsider = !signer.equals(this.institution);
    log.holds("decision.official", event.where, "the plan's submitter attested", isOutsider, "an official", signer);
    if (!log.holds("decision.official", event.where, "signer is no official", this.panel.has(signer), "an official", signer)) return;
    const right = hasSigned(signer, scene.pollDomain.digest("Attestation", result.resultHash, approve), signature);
    if (!right && scene.protocol === 1) {
      // Contracts of protocol 1 took more than a recount does: code at a plain key's address, odd places in a passkey's signature. One
      // official must not be able to spoil the count by that.
      log.note(`${event.where}: ${short(signer)} did not sign by the own key; the voice counts nothing`);
    } else if (log.holds("decision.signature", event.where, "signature is not that of its signer", right, short(signer), signature)) {
      this.add(event, hex(signer), approve);
      log.note(`${short(signer)} ${approve ? "approves" : "refuses"}`);
    }
  }

  /** One official's voice; a finding where it comes twice or after the decision. */
  add(event, name, approve) {
    this.log.holds("decision.after", event.where, "attested after the decision", this.decision === "undecided");
    if (!this.log.holds("decision.twice", event.where, "an official attested twice", !this.heard.has(name), "", name)) return;
    this.heard.add(name);
    this[approve ? "approvals" : "refusals"] += 1n;
    if (this.decision !== "undecided" || (approve ? this.approvals : this.refusals) < this.panel.threshold) return;
    this.decision = approve ? "approved" : "refused";
    this.decided.push([approve, event.log.transaction]);
  }
}
