"use strict";
// What the file claims, against what its lender knows and what the nodes say (protocol, section 20). A finding is [which, holds].
const Check = (() => {
  const FORMATS = { "lendervote-check/1": 1, "lendervote-check/2": 2, "lendervote-check/3": 3 };
  const SEALED = 3; // the format of a sealed poll
  const ADDRESS = /^0x[0-9a-f]{40}$/i;
  const WORD = /^0x[0-9a-f]{64}$/i;
  const whole = (value) => Number.isSafeInteger(value) && value >= 0;

  const holds = (work) => {
    try {
      return Boolean(work());
    } catch {
      return false;
    }
  };

  /** What a node answered. Only a call that reverts says that there is no such view; whoever is refused otherwise, as by a limit, has no answer. */
  function answered({ result, error }) {
    if (typeof result === "string") return result;
    throw Object.assign(new Error("no answer"), { refused: error?.code === 3 || /revert/i.test(String(error?.message)) });
  }

  /** A node that answers "there is nothing of the kind" has answered; one that fails otherwise has not. */
  const noView = (error) => {
    if (!error.refused) throw error;
    return 0n;
  };

  /** What a node says about a ballot of a sealed poll: what it holds can be asked once the secret is known. */
  async function readSealed(call, poll, claim) {
    const [[keyHash], [motions], [sequence], [secret]] = await Promise.all([
      call(poll, "sealKeyHash()"),
      call(poll, "motions()"),
      call(poll, "sequenceOf(uint256)", claim.index),
      call(poll, "secret()"),
    ]);
    const opened =
      secret > 0n
        ? await call(poll, "choiceUnder(uint256,uint8,uint256,uint64)", claim.index, claim.sequence, claim.seal, claim.sealed_choice)
        : [];
    const choices = opened.flatMap((plain) =>
      Array.from({ length: plain ? Number(motions) : 0 }, (_, motion) => Number((plain >> BigInt(2 * motion)) & 3n)),
    );
    return {
      sealKeyHash: "0x" + Protocol.word(keyHash),
      motions: Number(motions),
      sequence: Number(sequence),
      isOpened: secret > 0n,
      choices,
    };
  }

  /** Calls of views at one node: the words that they answer, as whole numbers. */
  const caller =
    (url, ask) =>
    async (to, signature, ...words) => {
      const answer = await ask(url, "eth_call", [{ to, data: Protocol.selector(signature) + words.map(Protocol.word).join("") }, "latest"]);
      if (!/^0x([0-9a-f]{64})+$/.test(answer)) throw Object.assign(new Error("no such view at this node"), { refused: true });
      return answer
        .slice(2)
        .match(/.{64}/g)
        .map((hex) => BigInt("0x" + hex));
    };

  /** The address of the case's poll of that number as a node has it; "" when there is none. */
  async function pollAt(call, own) {
    const polls = await call(own.case, "pollCount()").then(([count]) => count, noView);
    return BigInt(own.pollNumber) < polls ? "0x" + Protocol.word((await call(own.case, "poll(uint256)", own.pollNumber))[0]).slice(24) : "";
  }

  /** What a node says about poll number n of the case, and then of the poll that the file is about. Throws when it does not answer. */
  async function readNode(url, own, claim, ask) {
    const call = caller(url, ask);
    const chainId = BigInt(await ask(url, "eth_chainId", []));
    const poll = await pollAt(call, own);
    // before protocol 3 a case has no mark, and no such view
    const rehearsal = (await call(own.case, "rehearsal()").then(([mark]) => mark, noView)) > 0n;
    if (poll !== claim.poll) return { chainId, poll, rehearsal };
    const [[root], [leafCount], [planHash], parameters, ballot] = await Promise.all([
      call(poll, "registerRoot()"),
      call(poll, "leafCount()"),
      call(poll, "planHash()"),
      call(poll, "parameters()"),
      claim.protocol === SEALED
        ? readSealed(call, poll, claim)
        : call(poll, "ballotOf(uint256)", claim.index).then(([choice, sequence]) => ({
            choice: Number(choice),
            sequence: Number(sequence),
          })),
    ]);
    // parameters() is one dynamic tuple: an offset, then its head, with the two times and, last, the receipt signer
    const [opensAt, closesAt, receiptSigner] = [
      Number(parameters[4]),
      Number(parameters[5]),
      "0x" + Protocol.word(parameters[8]).slice(24),
    ];
    const seen = {
      chainId,
      poll,
      rehearsal,
      root: "0x" + Protocol.word(root),
      leafCount: Number(leafCount),
      planHash: "0x" + Protocol.word(planHash),
    };
    return { ...seen, opensAt, closesAt, receiptSigner, ...ballot };
  }

  /** Why the file is not this lender's, or not about this poll; "" when it may be. */
  function strange(own, claim) {
    if (claim.amount_fen !== own.amountFen) return "other_amount";
    if (Protocol.keyCode(claim.ballot_key) !== own.keyCode) return "other_key";
    if (claim.protocol > 1 && claim.case !== own.case) return "other_case";
    if (claim.protocol > 1 && claim.poll_number !== own.pollNumber) return "other_poll";
    return "";
  }

  /** Who is asked: two spellings of one machine's address are one witness. */
  const originOf = (url) => {
    try {
      return new URL(url).origin;
    } catch {
      return url;
    }
  };

  /**
   * What nodes of at least two machines say: `seen` by the first that answered (nothing when fewer than two did), whether all said the `same`,
   * and who was `away`.
   */
  async function askAll(urls, read) {
    const distinct = new Map(
      urls
        .map((url) => url.trim())
        .filter(Boolean)
        .map((url) => [originOf(url), url]),
    );
    const tried = await Promise.all(
      [...distinct.values()].map((url) =>
        read(url).then(
          (seen) => ({ url, seen }),
          () => ({ url, seen: null }),
        ),
      ),
    );
    const answers = tried.filter(({ seen }) => seen);
    const away = tried.filter(({ seen }) => !seen).map(({ url }) => url);
    if (answers.length < 2) return { seen: null, same: false, away };
    const text = ({ seen }) => JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    return { seen: answers[0].seen, same: answers.every((one) => text(one) === text(answers[0])), away };
  }

  /** An open ballot: on the plan for one of three choices, and whether the chain has it, or another one in its place. */
  function compareOpen(claim, seen) {
    const digestOf = (choice) => Protocol.digest(seen.chainId, claim.poll, "Ballot", [claim.index, choice, claim.sequence, seen.planHash]);
    const choice = [1, 2, 3].find((one) => holds(() => digestOf(one) === claim.ballot_digest)) || 0;
    const exactly = choice > 0 && seen.sequence === claim.sequence && seen.choice === choice;
    return { isBallot: choice > 0, exactly, replaced: !exactly && choice > 0 && seen.choice > 0 && seen.sequence >= claim.sequence };
  }

  /** A sealed one: on the plan, to the poll's key, with what the file has under the seal. */
  function compareSealed(claim, seen) {
    const values = [claim.index, claim.sequence, claim.seal, claim.sealed_choice, seen.planHash, seen.sealKeyHash];
    const isBallot =
      seen.motions === claim.motions &&
      holds(() => Protocol.digest(seen.chainId, claim.poll, "SealedBallot", values) === claim.ballot_digest);
    return { isBallot, exactly: isBallot && seen.sequence === claim.sequence, replaced: isBallot && seen.sequence > claim.sequence };
  }

  /** The file against one node's words about its poll. */
  function compare(claim, seen) {
    const { isBallot, exactly, replaced } = (claim.protocol === SEALED ? compareSealed : compareOpen)(claim, seen);
    const book = claim.protocol > 1 ? [claim.book, claim.number, claim.previous] : [];
    const receipt = [claim.ballot_digest, claim.ballot_key, claim.index, claim.sequence, claim.received_at, ...book];
    const signed = () => Protocol.digest(seen.chainId, claim.poll, "BallotReceipt", receipt, claim.protocol);
    const start = () => Protocol.leaf(claim.index, claim.voting_class, claim.x, claim.y);
    const inRegister = () =>
      claim.index < seen.leafCount &&
      claim.proof.length === Protocol.depthOf(seen.leafCount) &&
      Protocol.rootFrom(start(), claim.proof) === seen.root;
    const findings = [
      ["chain", BigInt(claim.chain_id) === seen.chainId],
      ["amount", holds(() => Protocol.opens(claim.amount_fen, claim.blind, claim.x, claim.y))],
      ["leaf", holds(inRegister)],
      ["digest", isBallot],
      ["signer", holds(() => Protocol.signerOf(signed(), claim.signature) === seen.receiptSigner)],
      [replaced ? "replaced" : "recorded", replaced || exactly],
    ];
    return { findings, replaced };
  }

  /**
   * The whole check. `own` is what the lender brings: `{case, pollNumber, amountFen, keyCode}`; `ask(url, method, parameters)` speaks to a node.
   * Answers `{state: agrees|replaced|differs|refused|away, why, findings, seen, away: [urls]}`.
   */
  async function check(own, claim, urls, ask) {
    const why = strange(own, claim);
    if (why) return { state: "refused", why, findings: [], away: [] };
    const { seen, same, away } = await askAll(urls, (url) => readNode(url, own, claim, ask));
    if (!seen) return { state: "away", findings: [], away };
    if (!same) return { state: "differs", findings: [["nodes", false]], away };
    // a case of protocol 2 creates its polls at addresses that follow from its own: no node has to be believed for that
    const follows = Protocol.pollOf(own.case, own.pollNumber) === claim.poll;
    if (seen.poll !== claim.poll || !(follows || claim.protocol === 1)) return { state: "refused", why: "other_poll", findings: [], away };
    // in such a poll every receipt stands in a book; a signature of the relay outside of one promises nothing that is checked
    if (follows && claim.protocol === 1) return { state: "refused", why: "unnumbered", findings: [], away };
    const compared = compare(claim, seen);
    const findings = [["nodes", true], ["poll", true], ...compared.findings];
    const good = findings.every(([, one]) => one);
    return { state: !good ? "differs" : compared.replaced ? "replaced" : "agrees", findings, seen, away };
  }

  /** Read the check file, keeping large amounts exact; addresses in lower case. Throws a RangeError for anything else. */
  function read(text) {
    const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+/g, (token) =>
      token[0] === '"' || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
    );
    let claim;
    try {
      claim = JSON.parse(exact);
    } catch {
      throw new RangeError("not a check file");
    }
    const protocol = FORMATS[claim?.format];
    const good =
      protocol &&
      [claim.poll, claim.ballot_key].every((one) => ADDRESS.test(one)) &&
      WORD.test(claim.ballot_digest) &&
      [claim.chain_id, claim.index, claim.voting_class, claim.sequence, claim.received_at].every(whole) &&
      /^\d+$/.test(claim.amount_fen) &&
      Array.isArray(claim.proof);
    const isSealed = protocol === SEALED;
    const goodSeal = !isSealed || (WORD.test(claim?.seal) && /^0x[0-9a-f]{16}$/i.test(claim.sealed_choice) && whole(claim.motions));
    const goodNew = protocol === 1 || (ADDRESS.test(claim?.case) && whole(claim.poll_number) && whole(claim.number));
    if (!good || !goodNew || !goodSeal) throw new RangeError("not a check file");
    const lower = Object.fromEntries(
      ["poll", "ballot_key", "ballot_digest", "case"].map((name) => [name, String(claim[name] ?? "").toLowerCase()]),
    );
    return { ...claim, ...lower, protocol, amount_fen: BigInt(claim.amount_fen).toString() };
  }

  const plain = (text) => text.normalize("NFKC").trim();

  /** Which poll of which case, as it was typed: `{own}`, or `{wrong}` with the field that cannot be read. A scanned notice may be typed whole. */
  function readPoll(typed) {
    const found = plain(typed.case).match(/0x[0-9a-f]{40}(?![0-9a-f])/gi) ?? [];
    if (found.length !== 1 || !holds(() => Protocol.address(found[0]))) return { wrong: "case" };
    if (!/^\d{1,9}$/.test(plain(typed.pollNumber))) return { wrong: "poll" };
    return { own: { case: Protocol.address(found[0]), pollNumber: Number(plain(typed.pollNumber)) } };
  }

  /** What the lender typed: as above, and amount and key besides. */
  function readOwn(typed) {
    const amount = plain(typed.amount)
      .replace(/[,\s¥元]/g, "")
      .match(/^(\d{1,17})(?:\.(\d{1,2}))?$/);
    const keyCode = plain(typed.keyCode).replace(/^0x/i, "").replace(/[\s-]/g, "").toLowerCase();
    const { own, wrong } = readPoll(typed);
    if (wrong) return { wrong };
    if (!amount) return { wrong: "amount" };
    if (!/^[0-9a-f]{12}$/.test(keyCode)) return { wrong: "key" };
    const amountFen = (BigInt(amount[1]) * 100n + BigInt((amount[2] ?? "").padEnd(2, "0"))).toString();
    return { own: { ...own, amountFen, keyCode } };
  }
  return { answered, askAll, caller, check, pollAt, read, readOwn, readPoll };
})();
