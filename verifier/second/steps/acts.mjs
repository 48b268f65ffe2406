// Acts of the case that stand as one event each: exactly one, and the transaction that carried it.
import { Wrong, need } from "../findings.mjs";

/** The one event of that name about that number. Throws Wrong when there is none, or more than one. */
export function onlyEvent(scene, finding, name, number) {
  const found = scene.ofCase(name, number);
  if (found.length !== 1)
    throw new Wrong(finding, `events of the case: ${name} ${number}`, "does not stand exactly once", 1n, BigInt(found.length));
  return found[0];
}

/** The time of the block in which an event stands. */
export const timeOf = async (recount, event) => (await need(recount.sight, 1).block(event.log.block)).time;

/** The transaction that carried an event, and the inputs of its call. Throws Wrong. */
export async function callOf(recount, event, name, contract, finding) {
  const transaction = await need(recount.sight, 1).transaction(event.log.block, event.log.transaction);
  return { transaction, inputs: need(recount.scene, 1).dialect.inputs(name, transaction, contract, finding) };
}
