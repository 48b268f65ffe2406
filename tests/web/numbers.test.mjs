// Money and shares in the page; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExact } from "../../backend/web/src/exact.js";
import { basisPoints, percent, shareOf, yuan } from "../../backend/web/src/numbers.js";

test("fen are shown in yuan to the last fen", () => {
  const said = { 0: "0.00", 5: "0.05", 100: "1.00", 123456: "1,234.56", 100000000: "1,000,000.00" };
  for (const [fen, words] of Object.entries(said)) assert.equal(yuan(fen), words);
  assert.equal(yuan(2n ** 63n - 1n), "92,233,720,368,547,758.07");
});

test("a share is cut to whole fen and shares of one amount never add up to more", () => {
  assert.equal(shareOf(101, 5000), 50n);
  assert.equal(shareOf("9223372036854775807", 10000), 9223372036854775807n);
  assert.ok(shareOf(99, 3333) + shareOf(99, 3333) + shareOf(99, 3334) <= 99n);
});

test("percentages are read without passing through a fraction", () => {
  const read = { "12.5": 1250, "12.50%": 1250, 100: 10000, 0.07: 7, "１２．５％": 1250, " 8 ": 800 };
  for (const [text, bps] of Object.entries(read)) assert.equal(basisPoints(text), bps, text);
  for (const text of ["", "1.234", "-1", "1e2", "12,5", "一", "1000.5x", "."]) assert.equal(basisPoints(text), -1, text);
});

test("amounts beyond 2^53 come through an answer to the last fen, and texts are left alone", () => {
  const text = '{"fen": 9007199254740993, "all": [9223372036854775807, -9007199254740993, 12, 1.5], "said": "no: 9007199254740993, \\"9007199254740993\\""}';
  const { fen, all, said } = parseExact(text);
  assert.equal(yuan(fen), "90,071,992,547,409.93");
  assert.deepEqual(all, ["9223372036854775807", "-9007199254740993", 12, 1.5]);
  assert.equal(said, 'no: 9007199254740993, "9007199254740993"');
  assert.throws(() => parseExact("{9007199254740993"), SyntaxError);
});

test("basis points are shown as percentages", () => {
  const said = { 10000: "100%", 1250: "12.5%", 7: "0.07%", 110: "1.1%" };
  for (const [bps, words] of Object.entries(said)) assert.equal(percent(Number(bps)), words);
});
