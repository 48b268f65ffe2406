// The public papers of a ceremony as a trustee brings them: any number of files or pasted texts, told apart by what is in them.

import { canonical } from "../crypto/canonical.js";

/** The kinds, in the order in which they come up. */
export const KINDS = /** @type {const} */ (["opening", "appointed", "roll", "transcript", "announced", "complaint"]);

/** A step needs a paper that was not brought: `kind` is one of KINDS. */
export class PaperMissing extends Error {
  /** @param {string} kind */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/** A text is no paper of a ceremony; `name` is that of its file. */
export class PaperUnread extends Error {}

/** Two papers of a kind say different things: somebody is shown something else. `kind` as above. */
export class PapersDiffer extends PaperMissing {}

function kindOf(paper) {
  const isList = (name, kind) => Array.isArray(paper[name]) && paper[name].every((one) => typeof one === kind);
  if (typeof paper.random === "string" && typeof paper.ceremony === "string") return "opening";
  if (Array.isArray(paper.dealings)) return "transcript";
  if (isList("trustees", "object") && isList("signatures", "string")) return "roll";
  if (isList("trustees", "string")) return "appointed";
  if (paper.dealing && typeof paper.dealing === "object" && Number.isInteger(paper.seat)) return "dealing";
  if (typeof paper.transport_secret === "string") return "complaint";
  return Array.isArray(keyOf(paper).share_keys) ? "announced" : null;
}

/** The seal key of an announced poll, however it is written: as a service gives the poll, or alone with the names of the signed type. */
function keyOf(paper) {
  const { x, y, threshold, ...rest } = paper.seal_key ?? paper.sealing?.seal_key ?? paper;
  const [shareKeys, rollHash, transcriptHash] = [
    rest.share_keys ?? rest.shareKeys,
    rest.roll_hash ?? rest.rollHash,
    rest.transcript_hash ?? rest.transcriptHash,
  ];
  return { x, y, threshold, share_keys: shareKeys, roll_hash: rollHash, transcript_hash: transcriptHash };
}

/** Whether a content can be hashed: no fractions, nothing empty. */
function isPlain(content) {
  try {
    return canonical(content) !== "";
  } catch {
    return false;
  }
}

/** What was brought so far: kind to a list of papers, the same content once for each time it was brought. */
export class Papers {
  constructor() {
    /** @type {Record<string, any[]>} */
    this.found = Object.fromEntries(KINDS.map((kind) => [kind, []]));
    /** @type {any[]} */
    this.dealt = []; // by seat, where seal.json is not made yet
  }

  /** Adds a text and answers its kind. Throws PaperUnread, PapersDiffer. */
  add(text, name = "") {
    /** @type {any} */
    let paper = null;
    try {
      paper = JSON.parse(text);
    } catch {
      throw new PaperUnread(name);
    }
    const kind = paper && typeof paper === "object" ? kindOf(paper) : null;
    if (!kind || !isPlain(bareOf(kind, paper))) throw new PaperUnread(name);
    return kind === "dealing" ? this.addDealing(paper) : this.addOnly(kind, paper);
  }

  /** One of several that a ceremony has. */
  addDealing({ seat, dealing }) {
    if (this.dealt[seat] && canonical(this.dealt[seat]) !== canonical(dealing)) throw new PapersDiffer("transcript");
    this.dealt[seat] = dealing;
    return "transcript";
  }

  /** One of which there are no two; complaints alone may be many. */
  addOnly(kind, paper) {
    const [first] = this.found[kind];
    if (first && kind !== "complaint" && canonical(bareOf(kind, first)) !== canonical(bareOf(kind, paper))) throw new PapersDiffer(kind);
    this.found[kind].push(paper);
    return kind;
  }

  /** How many of a kind were brought. */
  count(kind) {
    const dealt = kind === "transcript" ? this.dealt.filter(Boolean).length : 0;
    return this.found[kind].length || dealt;
  }

  /** The paper of a kind. Throws PaperMissing. */
  the(kind) {
    const [first] = this.found[kind];
    if (!first) throw new PaperMissing(kind);
    return first;
  }

  /** The roll's lines with their signatures, in the order of the seats. Throws PaperMissing. */
  joins() {
    const { trustees, signatures } = this.the("roll");
    return trustees.map((line, at) => ({ ...line, signature: signatures[at] })).sort((a, b) => a.seat - b.seat);
  }

  /** All that a confirmation looks at. Throws PaperMissing. */
  shown() {
    const dealings = this.found.transcript.length || !this.count("transcript") ? this.the("transcript").dealings : this.dealt;
    return { paper: this.the("opening"), joins: this.joins(), identities: this.identities(), dealings, complaints: this.found.complaint };
  }

  /** The announced seal key. Throws PaperMissing. */
  announcedKey() {
    return keyOf(this.the("announced"));
  }

  /**
   * The close as all who were asked say it, in unix seconds; the latest where they differ, for one that gives an earlier one has trustees open
   * while people still vote. NaN when one of them does not say it. Throws PaperMissing.
   */
  closesAt() {
    this.the("announced");
    const moments = this.found.announced.map(({ closes_at: at }) => (typeof at === "number" ? at : Date.parse(at) / 1000));
    return Math.max(...moments);
  }

  /** Who stands on the blockchain for the seats. Throws PaperMissing. */
  identities() {
    return this.the("appointed").trustees;
  }
}

// Two organisations may say more beside it; what counts is the list, and of an announced poll the key.
const bareOf = (kind, paper) => ({ appointed: () => paper.trustees, announced: () => keyOf(paper) })[kind]?.() ?? paper;
