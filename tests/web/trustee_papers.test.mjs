// The public papers that a trustee brings: a poll as a service gives it, and the close as several say it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Papers, PapersDiffer, PaperUnread } from "../../backend/web/src/trustee/papers.js";
import { Turns, readAll } from "../../backend/web/src/trustee/turns.js";
import { Stopped, openWith } from "../../backend/web/src/trustee/visits.js";

const KEY = { x: "0x1", y: "0x2", threshold: 2, share_keys: ["0x3", "0x4"], roll_hash: "0x5", transcript_hash: "0x6" };
const CLOSES = Date.parse("2026-12-08T00:00:00Z") / 1000;
const served = (closesAt, key = KEY) => JSON.stringify({ id: "p", kind: "sealed", closes_at: closesAt, sealing: { seal_key: key } });

function papersOf(...texts) {
  const papers = new Papers();
  for (const text of texts) papers.add(text);
  return papers;
}

test("a poll as a service gives it is an announced one", () => {
  const papers = papersOf(served("2026-12-08T00:00:00Z"));
  assert.deepEqual(papers.announcedKey(), KEY);
  assert.equal(papers.closesAt(), CLOSES);
  assert.throws(() => papers.add(served("2026-12-08T00:00:00Z", { ...KEY, x: "0x7" })), PapersDiffer);
});

test("announced.json of the public page is an announced one, and says the same as the poll", () => {
  const { share_keys: shareKeys, roll_hash: rollHash, transcript_hash: transcriptHash, ...rest } = KEY;
  const place = { case: "0x7", chain_id: 1, poll: "0x8", poll_number: 0 };
  const text = JSON.stringify({ ...place, ...rest, closes_at: CLOSES, shareKeys, rollHash, transcriptHash });
  const papers = papersOf(text, served("2026-12-08T00:00:00Z"));
  assert.deepEqual(papers.announcedKey(), KEY);
  assert.equal(papers.closesAt(), CLOSES);
  assert.equal(papers.count("announced"), 2);
});

test("who says an earlier close does not have a share given early", async () => {
  const early = JSON.stringify({ seal_key: KEY, closes_at: CLOSES - 10 * 86_400 });
  for (const texts of [
    [early, served("2026-12-08T00:00:00Z")],
    [served("2026-12-08T00:00:00Z"), early],
  ]) {
    const papers = papersOf(...texts);
    assert.equal(papers.closesAt(), CLOSES);
    await assert.rejects(
      openWith(papers, "", "", CLOSES - 86_400),
      (error) => error instanceof Stopped && error.key === "trustee.not_closed",
    );
  }
  const silent = papersOf(JSON.stringify({ seal_key: KEY }), early);
  await assert.rejects(openWith(silent, "", "", CLOSES), (error) => error instanceof Stopped && error.key === "trustee.closes_unknown");
});

test("papers that are brought while others are being read are read too, in order, and one refusal keeps nothing back", async () => {
  const [papers, turns, order, refused] = [new Papers(), new Turns(), [], []];
  const dealt = (seat, share = "0x1") => JSON.stringify({ seat, dealing: { shares: [share] } });
  const bring = (text, name, wait) => ({
    name,
    text: async () => {
      await new Promise((done) => setTimeout(done, wait));
      order.push(name);
      return text;
    },
  });
  const take = (...brought) => turns.take(() => readAll(papers, brought, (error) => refused.push(error)));
  const first = take(bring(dealt(0), "slow", 40), bring("[1, 2", "none", 1), bring(dealt(1), "after none", 1));
  assert.ok(turns.busy);
  take(bring(dealt(2), "quick", 0));
  take(bring(dealt(0, "0x2"), "another", 0), bring(dealt(3), "last", 0));
  await first;
  await turns.settled();
  assert.deepEqual(order, ["slow", "none", "after none", "quick", "another", "last"]);
  assert.equal(papers.count("transcript"), 4, "nothing is lost");
  assert.deepEqual(
    refused.map((error) => error.constructor),
    [PaperUnread, PapersDiffer],
  );
  assert.ok(!turns.busy);
  await assert.rejects(turns.take(() => Promise.reject(new Error("broken"))));
  assert.equal(await turns.take(() => 7), 7, "what was broken stops nobody");
});
