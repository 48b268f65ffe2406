// Who sat on the seats when a sealed poll was announced, by every appointment since the case was created (protocol, section 21.2; step 15).
import { hex } from "../bytes.mjs";
import { isBefore } from "../chain/blocks.mjs";
import { trusteesHash } from "../contracts.mjs";
import { alike } from "../findings.mjs";
import { isSigner } from "../math/signers.mjs";
import { callOf, timeOf } from "./acts.mjs";

const NAME = "seal.trustees";
const NOTICE = 7n * 86_400n; // seconds
const [LEAST, MOST] = [2, 32];

/** The seats as the poll was announced; findings for appointments that were none. Throws Wrong. */
export async function servingSeats(recount, scene, terms, log) {
  const events = scene.events.filter((one) => one.name === "TrusteesAppointed" && one.log.address.equals(scene.case));
  await checkFirst(recount, scene, events, log);
  const lists = [{ from: 0n, seats: scene.trustees }]; // who serves from when on, in the order of their appointments
  let number = 0n;
  for (const event of events.filter((one) => one.values[0] !== 0n)) {
    number += 1n;
    const at = await timeOf(recount, event);
    const from = scene.rehearsal ? at : at + NOTICE;
    const seats = await appointed(recount, scene, event, number, from, log);
    if (isBefore(event.log, terms.announced) >= 0) continue;
    if (lists.length > 1 && lists.at(-1).from > at) lists.pop(); // it had not served yet
    lists.push({ from, seats });
  }
  const announcedAt = await timeOf(recount, terms.event);
  const { seats } = lists.filter(({ from }) => from <= announcedAt).at(-1);
  log.holds(NAME, terms.event.where, "nobody served as a trustee", seats.length > 0);
  return seats;
}

/** The constructor's list leaves an event in the transaction that creates the case, unless it is empty. */
async function checkFirst(recount, scene, events, log) {
  const { trustees } = scene;
  if (trustees.length) checkList(trustees, "case: trustees", log);
  const first = events.filter((one) => one.values[0] === 0n);
  const due = trustees.length ? 1n : 0n;
  if (!log.equal(NAME, "case: trustees", "did not stand once in the case's creation", due, BigInt(first.length)) || !due) return;
  const [event] = first;
  const found = [event.log.transaction, ...event.values.slice(1)];
  const right = [scene.created, trustees, await timeOf(recount, event)];
  log.equal(NAME, event.where, "says other trustees than the creation", right, found);
}

/** One appointment: in its number, by k officials, serving from when it must. Throws Wrong. */
async function appointed(recount, scene, event, number, from, log) {
  const { transaction, inputs } = await callOf(recount, event, "appointTrustees", scene.case, NAME);
  const [named, signers, signatures] = inputs;
  const isSame = alike([number, named, from], event.values);
  log.holds(NAME, event.where, "is not the appointment of its transaction, number and time", isSame, number, event.values[0]);
  const { panel, domain } = scene.inOffice(event);
  const digest = domain.digest("TrusteeAppointment", number, trusteesHash(named));
  panel.signed(NAME, digest, signers, signatures, log, `appointment in ${transaction.where}`);
  checkList(named, transaction.where, log);
  return named;
}

function checkList(named, where, log) {
  const isCount = named.length >= LEAST && named.length <= MOST;
  const right = isCount && new Set(named.map(hex)).size === named.length && named.every(isSigner);
  log.holds(NAME, where, "trustees are not 2 to 32 distinct signers", right, "2 to 32", BigInt(named.length));
}
