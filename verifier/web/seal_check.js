"use strict";
// Whether what a ballot page would have sent holds just the choices that it says (protocol, section 22.5).
const SealCheck = (() => {
  const FIRST = /^lendervote-seal\/1 (0x[0-9a-f]{40}) (\d{1,9}) (\d{1,9}) (\d{1,3}) (0x[0-9a-f]{64}) (0x[0-9a-f]{16})$/;
  const SECOND = /^lendervote-open\/1 (0x[0-9a-f]{64}) (0x[0-9a-f]{66}) (0x[0-9a-f]{16})$/;
  const unread = () => {
    throw new RangeError("not such a line");
  };

  /** The line that is kept before anything is opened. Throws a RangeError for anything else. */
  function readFirst(text) {
    const [, address, pollNumber, index, sequence, seal, sealedChoice] = FIRST.exec(text.trim()) ?? unread();
    const place = { pollNumber: Number(pollNumber), index: Number(index), sequence: Number(sequence) };
    return { case: address, ...place, seal, sealedChoice: BigInt(sealedChoice) };
  }

  /** The line that opens it. Throws a RangeError for anything else. */
  function readSecond(text) {
    const [, k, key, plain] = SECOND.exec(text.trim()) ?? unread();
    if (BigInt(k) === 0n || BigInt(k) >= Protocol.order) unread();
    return { k: BigInt(k), key: Protocol.pointOf(key), plain: BigInt(plain) };
  }

  /** What a node says about the poll. Throws when it does not answer. */
  async function readNode(url, own, ask) {
    const call = Check.caller(url, ask);
    const chainId = BigInt(await ask(url, "eth_chainId", []));
    const poll = await Check.pollAt(call, own);
    if (poll !== Protocol.pollOf(own.case, own.pollNumber)) return { chainId, poll: "" };
    const [[key], [motions]] = await Promise.all([call(poll, "sealKey()"), call(poll, "motions()")]);
    return { chainId, poll, sealKey: "0x" + Protocol.word(key).slice(24), motions: Number(motions) };
  }

  /** The choices of a plain value, one for each motion; null when it is no ballot. */
  function choicesOf(plain, motions) {
    const choices = Array.from({ length: motions }, (_, motion) => Number((plain >> BigInt(2 * motion)) & 3n));
    return plain >> BigInt(2 * motions) === 0n && choices.every(Boolean) ? choices : null;
  }

  /** Why the second line does not open the first one to what it says; "" when it does. */
  function broken(kept, opened, seen) {
    if (Protocol.addressOf(opened.key) !== seen.sealKey) return "other_key";
    const { seal, hiding } = Protocol.sealBy(opened.k, opened.key, seen.chainId, seen.poll, kept.index, kept.sequence);
    if (seal !== kept.seal) return "other_seal";
    return (kept.sealedChoice ^ hiding) === opened.plain && choicesOf(opened.plain, seen.motions) ? "" : "other_choice";
  }

  /**
   * The whole check of two lines. `own` is the poll as it was typed, `{case, pollNumber}`; `ask(url, method, parameters)` speaks to a node.
   * Answers `{state: holds|broken|refused|differs|away, why, choices, away: [urls]}`.
   */
  async function check(own, first, second, urls, ask) {
    /** @type {any} */
    let [kept, opened] = [null, null];
    try {
      [kept, opened] = [readFirst(first), readSecond(second)];
    } catch {
      return { state: "refused", why: "unread", away: [] };
    }
    if (kept.case !== own.case || kept.pollNumber !== own.pollNumber) return { state: "refused", why: "other_poll", away: [] };
    const { seen, same, away } = await Check.askAll(urls, (url) => readNode(url, own, ask));
    if (!seen) return { state: "away", away };
    if (!same) return { state: "differs", away };
    if (!seen.poll) return { state: "refused", why: "other_poll", away };
    const why = broken(kept, opened, seen);
    return why ? { state: "broken", why, away } : { state: "holds", choices: choicesOf(opened.plain, seen.motions), away };
  }
  return { check, readFirst, readSecond };
})();
