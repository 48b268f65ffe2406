// Money and shares in the page; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { capitals } from "../../backend/web/src/page/capitals.js";
import { parseExact } from "../../backend/web/src/page/exact.js";
import { basisPoints, percent, large, shareOf, yuan } from "../../backend/web/src/page/numbers.js";

test("fen are shown in yuan to the last fen", () => {
  const said = { 0: "0.00", 5: "0.05", 100: "1.00", 123456: "1,234.56", 100000000: "1,000,000.00" };
  for (const [fen, words] of Object.entries(said)) assert.equal(yuan(fen), words);
  assert.equal(yuan(2n ** 63n - 1n), "92,233,720,368,547,758.07");
});

test("large amounts are said in 万元 and in millions beside the exact ones", () => {
  for (const [fen, zh, en] of [
    ["99999999", "", ""],
    ["100000000", "100.00", "1.00"],
    ["3047955916", "3,047.96", "30.48"],
    [2n ** 63n - 1n, "9,223,372,036,854.78", "92,233,720,368.55"],
  ]) {
    assert.equal(large(fen, "zh"), zh);
    assert.equal(large(fen, "en"), en);
  }
});

test("a share is cut to whole fen and shares of one amount never add up to more", () => {
  assert.equal(shareOf(101, 5000), 50n);
  assert.equal(shareOf("9223372036854775807", 10000), 9223372036854775807n);
  assert.ok(shareOf(99, 3333) + shareOf(99, 3333) + shareOf(99, 3334) <= 99n);
});

test("percentages are read without passing through a fraction", () => {
  const read = { 12.5: 1250, "12.50%": 1250, 100: 10000, 0.07: 7, "１２．５％": 1250, " 8 ": 800 };
  for (const [text, bps] of Object.entries(read)) assert.equal(basisPoints(text), bps, text);
  for (const text of ["", "1.234", "-1", "1e2", "12,5", "一", "1000.5x", "."]) assert.equal(basisPoints(text), -1, text);
});

test("amounts beyond 2^53 come through an answer to the last fen, and texts are left alone", () => {
  const text =
    '{"fen": 9007199254740993, "all": [9223372036854775807, -9007199254740993, 12, 1.5], "said": "no: 9007199254740993, \\"9007199254740993\\""}';
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

test("capital figures by the examples of the payment rules", () => {
  const said = {
    0: "人民币零元整",
    5: "人民币伍分",
    30: "人民币叁角整",
    35: "人民币叁角伍分",
    500: "人民币伍元整",
    505: "人民币伍元零伍分",
    550: "人民币伍元伍角整",
    140950: "人民币壹仟肆佰零玖元伍角整",
    600714: "人民币陆仟零柒元壹角肆分",
    168032: "人民币壹仟陆佰捌拾元叁角贰分",
    10700053: "人民币壹拾万柒仟元伍角叁分",
    1640902: "人民币壹万陆仟肆佰零玖元零贰分",
    100000000000: "人民币壹拾亿元整",
    10000010000: "人民币壹亿零壹佰元整",
  };
  for (const [fen, words] of Object.entries(said)) assert.equal(capitals(fen), words);
});

test("capital figures can be read back to the fen, and no zero is said twice", () => {
  let seed = 7n;
  for (let round = 0; round < 3000; round++) {
    seed = (seed * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    const digits = seed >> 60n;
    const fen = (((seed >> 1n) % 10n ** (1n + digits)) * (round % 3 ? 1n : 10n ** (digits % 5n))) % 2n ** 63n;
    const words = capitals(fen);
    assert.equal(readCapitals(words), fen, words);
    assert.ok(fen === 0n || !/零零|零$|零元|零[亿万整]/.test(words), words);
  }
});

/** Written apart from the page's own: a stack of sections, each closed by its unit. */
function readCapitals(words) {
  const places = { 拾: 10n, 佰: 100n, 仟: 1000n, 万: 10000n, 亿: 100000000n };
  let [yuan, section, digit] = [0n, 0n, 0n];
  let cents = 0n;
  for (const sign of words.replace("人民币", "").replace("整", "")) {
    const value = "零壹贰叁肆伍陆柒捌玖".indexOf(sign);
    if (value >= 0) digit = BigInt(value);
    else if (sign === "元") [yuan, section, digit] = [yuan + section + digit, 0n, 0n];
    else if (sign === "角") [cents, digit] = [cents + digit * 10n, 0n];
    else if (sign === "分") [cents, digit] = [cents + digit, 0n];
    else if (sign === "亿") [yuan, section, digit] = [(yuan + section + digit) * places[sign], 0n, 0n];
    else if (sign === "万") [section, digit] = [(section + digit) * places[sign], 0n];
    else [section, digit] = [section + digit * places[sign], 0n];
  }
  return yuan * 100n + cents;
}
