// Whether what is shown in words is what would be signed, field by field; what cannot be worked out does not agree.

import { download, get } from "../page/api.js";
import { identityFileMessage, identityFilePath } from "./identity_file.js";
import {
  abandonmentMessage,
  admissionMessage,
  announcementMessage,
  appointmentMessage,
  attestationMessage,
  escrowMessage,
  freezeMessage,
  isExactly,
  sealedAnnouncementMessage,
  successionMessage,
  voucherMessage,
} from "./recomputed.js";
import { saltOf } from "../crypto/protocol.js";
import { ceremonyAt, keyFrom } from "./ceremonies.js";

const planBytes = (summary) => download(`/api/plans/${encodeURIComponent(summary.plan_id)}/plan.json`);
const ruleOf = async (summary) => (await get("/api/rules")).find(({ name }) => name === summary.rule);

/** For each kind of act its type, and its message recomputed. */
const MESSAGES = {
  identity_file: ["IdentityFile", async (act) => identityFileMessage(act, await download(identityFilePath(act)))],
  register_freeze: ["RegisterFreeze", async (act, theCase) => freezeMessage(act, theCase)],
  plan_admission: ["PlanAdmission", async (act) => admissionMessage(act, await planBytes(act.summary))],
  poll_announcement: [
    "PollAnnouncement",
    async (act, theCase, acts) => announcementMessage(act, theCase, await ruleOf(act.summary), await planBytes(act.summary), acts),
  ],
  sealed_poll_announcement: [
    "SealedPollAnnouncement",
    async (act, theCase, acts) => {
      const { sealKey } = await keyFrom(await ceremonyAt(act.summary.ceremony_id), theCase);
      return sealedAnnouncementMessage(act, theCase, await ruleOf(act.summary), await planBytes(act.summary), acts, sealKey);
    },
  ],
  trustee_appointment: ["TrusteeAppointment", async (act) => appointmentMessage(act)],
  openings_escrow: ["OpeningsEscrow", async (act, theCase, acts) => escrowMessage(act, theCase, acts)],
  succession: ["Succession", async (act, theCase) => successionMessage(act, theCase)],
  succession_withdrawal: ["SuccessionWithdrawal", async ({ summary }) => ({ successionNumber: summary.succession_number })],
  poll_abandonment: [
    "PollAbandonment",
    async (act) => abandonmentMessage(act, await get(`/api/polls/${encodeURIComponent(act.summary.poll_id)}`)),
  ],
};

/** Whether the work says yes; a network failure is thrown, anything else unreadable is a no. */
async function holds(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code === "NoAnswer") throw error;
    return false;
  }
}

/** What no contract takes is signed without the generation's salt. */
const UNSALTED = ["openings_escrow"];

/** A case as those of a generation sign for it. */
const signedIn = (theCase, generation) => ({ ...theCase, salt: saltOf(theCase, generation) });

/** Whether an act's words and what is signed agree, in every field; `acts` are all of the case. */
export const actAgrees = (act, theCase, acts) =>
  holds(async () => {
    const [type, messageOf] = MESSAGES[act.kind];
    return isExactly(
      act.typed_data,
      type,
      UNSALTED.includes(act.kind) ? theCase : signedIn(theCase, act.generation),
      await messageOf(act, theCase, acts),
    );
  });

/** Whether an attestation is about the result as it is shown. */
export const attestationAgrees = (typed, poll, result, approve) =>
  holds(async () => isExactly(typed, "Attestation", poll, attestationMessage(poll, result, approve)));

/** Whether a voucher is about the lender as shown. */
export const voucherAgrees = (typed, poll, request) =>
  holds(async () => isExactly(typed, "Voucher", poll, voucherMessage(poll, request, typed.message.vouchedAt)));

/** Whether a submission is of exactly the plan whose hash this is. */
export const submissionAgrees = (typed, theCase, planHash) =>
  holds(async () =>
    isExactly(typed, "PlanSubmission", signedIn(theCase, theCase.generation), { planNumber: typed.message.planNumber, planHash }),
  );
