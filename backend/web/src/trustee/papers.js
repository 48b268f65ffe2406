// The public papers of a ceremony as a trustee brings them: any number of files or pasted texts, told apart by what is in them.

import { canonical } from "../crypto/canonical.js";

/** The kinds, in the order in which they come up. */
export const KINDS = /** @type {const} */ (["opening", "appointed", "roll", "transcript", "announced"]);

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
  return typeof paper.seal_key === "object" && paper.seal_key !== null ? "announced" : null;
}

/** What was brought so far: kind to a list of papers, the same content once for each time it was brought. */
export class Papers {
  constructor() {
    this.found = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  }

  /** Adds a text and answers its kind. Throws PaperUnread, PapersDiffer. */
  add(text, name = "") {
    let paper = null;
    try {
      paper = JSON.parse(text);
    } catch {
      throw new PaperUnread(name);
    }
    const kind = paper && typeof paper === "object" ? kindOf(paper) : null;
    if (!kind) throw new PaperUnread(name);
    const [first] = this.found[kind];
    if (first && canonical(bareOf(kind, first)) !== canonical(bareOf(kind, paper))) throw new PapersDiffer(kind);
    this.found[kind].push(paper);
    return kind;
  }

  /** How many of a kind were brought. */
  count(kind) {
    return this.found[kind].length;
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

  /** Who stands on the blockchain for the seats. Throws PaperMissing. */
  identities() {
    return this.the("appointed").trustees;
  }
}

// Two organisations may say more beside it; what counts is the list, and of an announced poll the key.
const bareOf = (kind, paper) => ({ appointed: () => paper.trustees, announced: () => paper.seal_key })[kind]?.() ?? paper;
