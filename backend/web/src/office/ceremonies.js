// Key ceremonies as the desk reads them: what is public, and the key worked out here from papers and from who is appointed on chain.

import { get } from "../page/api.js";
import { canonical } from "../crypto/canonical.js";
import { CeremonyRefused } from "../crypto/ceremony.js";
import { checkTranscript } from "../crypto/confirmation.js";

const casePath = (theCase, rest) => `/api/cases/${encodeURIComponent(theCase.id)}/${rest}`;

/** The path of a ceremony's calls. */
export const ceremonyPath = (id, rest = "") => `/api/ceremonies/${encodeURIComponent(id)}${rest}`;

/** A ceremony with everything that is public of it. */
export const ceremonyAt = (id) => get(ceremonyPath(id));

/** The case's ceremonies in short, newest first. */
export const ceremoniesOf = (theCase) => get(casePath(theCase, "ceremonies"));

/** The trustees who serve now, as 0x by seat. */
export const servingIn = async (theCase) => (await get(casePath(theCase, "trustees"))).signers;

/** Whether sealed polls can be announced in a case at all. */
export const canSeal = ({ protocol }) => protocol >= 4;

/**
 * The seal key and its twelve words, `{ sealKey, words }`, as every trustee's own page works them out from the ceremony's papers. Throws
 * CeremonyRefused where a paper is wrong, or is not signed by who serves on chain.
 */
export async function keyFrom(ceremony, theCase) {
  const { paper, joins, dealings } = ceremony;
  if (paper.case !== theCase.address.toLowerCase() || paper.chain_id !== theCase.chain_id) throw new CeremonyRefused("ceremony_id_wrong");
  return checkTranscript({ paper, joins, identities: await servingIn(theCase), dealings });
}

/** What a trustee's page or tool reads, as `[file name, text]` for each paper that there is. */
export function papersOf({ paper, joins, roll_hash: rollHash }, serving) {
  const papers = [
    ["opening.json", paper],
    ["appointed.json", { trustees: serving }],
  ];
  if (rollHash) {
    const { case: theCase, ceremony, chain_id: chainId, threshold } = paper;
    const trustees = joins.map(({ key, seat, transport }) => ({ key, seat, transport }));
    papers.push([
      "roll.json",
      { case: theCase, ceremony, chain_id: chainId, threshold, trustees, signatures: joins.map(({ signature }) => signature) },
    ]);
  }
  return papers.map(([name, value]) => [name, canonical(value)]);
}

const isSeat = (seat) => Number.isInteger(seat) && seat >= 0;

/** Where a paper that a trustee's page or tool wrote is handed in, `[path below the ceremony, body]`; null when it is none. */
export function placeOf(paper) {
  const { seat, dealing, key, transport, signature, share, identity, dealer, receiver, transport_secret: secret } = paper ?? {};
  if (typeof secret === "string") return ["/complaint", { dealer, receiver, transport_secret: secret }];
  if (!isSeat(seat)) return null;
  if (dealing) return [`/seats/${seat}/dealing`, dealing];
  if (typeof transport === "string") return [`/seats/${seat}/entry`, { key, transport, signature }];
  return typeof share === "string" && typeof identity === "string" ? [`/seats/${seat}/confirmation`, { share, identity }] : null;
}
