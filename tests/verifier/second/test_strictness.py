"""What the second recount's readers of bytes refuse when it is consistent in everything else, value by value."""

from __future__ import annotations

from tests.verifier.second.second import evaluate, needs_node

pytestmark = needs_node

TRIES = """
const { keccak } = await import(`${second}/bytes.mjs`);
const { encode } = await import(`${second}/encoding/rlp.mjs`);
const { NotProved, rootOf, valueAt } = await import(`${second}/encoding/trie.mjs`);
const text = (one) => Buffer.from(one);
const key = Buffer.from("80", "hex");
const long = text("more than thirty-two bytes, so that it stands by its hash");
const branch = (ways, value = text("")) => [...Array.from({ length: 16 }, (_, i) => ways[i] ?? text("")), value];
const refused = (...nodes) => {
  const proof = nodes.map((one) => (Buffer.isBuffer(one) ? one : encode(one)));
  try {
    valueAt(keccak(proof[0]), key, proof);
    return false;
  } catch (error) {
    return error instanceof NotProved;
  }
};
const leaf = [Buffer.from("2080", "hex"), text("value")];
const short = [Buffer.from("30", "hex"), text("v")];
const below = [Buffer.from("30", "hex"), long];
const under = (node) => branch({ 8: keccak(encode(node)), 1: text("x".repeat(32)) });
console.log(JSON.stringify({
  whole: !refused(leaf) && !refused(under([Buffer.from("30", "hex"), long]), [Buffer.from("30", "hex"), long]),
  bytes: refused(encode(text("bytes"))),
  three: refused([text("a"), text("b"), text("c")]),
  sixteen: refused(Array(16).fill(text("x".repeat(32)))),
  eighteen: refused(Array(18).fill(text("x".repeat(32)))),
  path_is_list: refused([[text("a")], text("value")]),
  leads_to_nothing: refused([Buffer.from("2080", "hex"), text("")]),
  no_path: refused([text(""), text("value")]),
  flag_4: refused([Buffer.from("4080", "hex"), text("value")]),
  odd_padding: refused([Buffer.from("2180", "hex"), text("value")]),
  value_is_list: refused(branch({ 8: short, 1: short }, [text("v")])),
  leaf_value_is_list: refused([Buffer.from("2080", "hex"), [text("v")]]),
  one_way: refused(branch({ 8: short })),
  three_inside: refused(branch({ 8: short, 1: [text("a"), text("b"), text("c")] })),
  three_far_inside: refused(branch({ 8: short, 1: branch({ 2: short, 3: [text("a"), text("b"), text("c")] }) })),
  short_reference: refused(branch({ 8: text("x".repeat(31)), 1: short })),
  extension_without_path: refused([Buffer.from("00", "hex"), keccak(encode(leaf))], leaf),
  extension_to_leaf: refused([Buffer.from("18", "hex"), keccak(encode(below))], below),
  short_by_hash: refused(under(short), short),
  another_node: refused(under([Buffer.from("30", "hex"), long]), [Buffer.from("30", "hex"), text("x".repeat(60))]),
  missing: refused(under([Buffer.from("30", "hex"), long])),
  left_over: refused(leaf, leaf),
  no_rlp: refused(Buffer.from("f8", "hex")),
}));
"""


def test_trie__refuses_every_other_shape_and_only_those() -> None:
    found = evaluate(TRIES)
    assert [name for name, is_right in found.items() if not is_right] == []
    assert len(found) == 23


POINTS = """
const { isOnCurve } = await import(`${second}/math/curve.mjs`);
const P = 2n ** 256n - 2n ** 32n - 977n;
const power = (base, exponent) => {
  let [found, one] = [1n, ((base % P) + P) % P];
  for (let rest = exponent; rest; rest >>= 1n) [found, one] = [rest & 1n ? (found * one) % P : found, (one * one) % P];
  return found;
};
const rootOf8 = power(8n, (P + 1n) / 4n);
const cube = (y) => power(y * y - 7n, (P + 2n) / 9n);
let y = 1n;
while (power(cube(y), 3n) !== (((y * y - 7n) % P) + P) % P) y += 1n;
const tried = [[1n, rootOf8], [1n + P, rootOf8], [cube(y), y], [cube(y), y + P], [1n, 1n]];
console.log(JSON.stringify(tried.map(([one, other]) => isOnCurve(one, other))));
"""


def test_point__is_refused_with_coordinates_that_are_not_below_p() -> None:
    assert evaluate(POINTS) == [True, False, True, False, False]


KEYS = """
const { written } = await import(`${second}/json.mjs`);
console.log(JSON.stringify(["\\u{1F600}\\uFF5E", "b\\uFF5E", "b", "ba", "", "\\uFF5E", "\\u{1F600}", "\\u{1F600}a"].reduce(
  ([value, all], key) => [{ ...value, [key]: 1 }, all], [{}, null]).slice(0, 1).map(written)));
"""


def test_keys__are_ordered_by_code_point() -> None:
    keys = ["\U0001f600\uff5e", "b\uff5e", "b", "ba", "", "\uff5e", "\U0001f600", "\U0001f600a"]
    assert evaluate(KEYS) == ["{" + ",".join(f'"{key}":1' for key in sorted(keys)) + "}"]


def test_step__keeps_so_many_findings_of_a_name_and_says_that_there_are_more() -> None:
    """A small archive unpacks to more wrong lines than memory holds."""
    kept = evaluate("""
const { StepLog } = await import(`${second}/findings.mjs`);
const log = new StepLog(11);
for (let i = 0; i < 60_000; i++) log.wrong("receipts.form", `line ${i}`, "is no receipt");
log.wrong("receipts.missed", "line 7", "missed");
console.log(JSON.stringify([log.findings.length, log.findings.at(-2).what, log.findings.at(-1).name]));
""")
    assert kept == [20_001, "and more under this name, which are not listed", "receipts.missed"]


def test_fen_left__after_leaves_were_taken_out() -> None:
    """Amounts that are no claims are counted modulo the group's order, as the contract does (protocol section 9.1)."""
    left = evaluate("""
const { admittedOf } = await import(`${second}/steps/opening.mjs`);
const { N } = await import(`${second}/math/curve.mjs`);
const register = { classes: [[3n, 700n, 0n], [2n, 5n, 0n]] };
const excluded = [N - 50n, 1n << 88n, 1n << 200n].map((amount) => ({ votingClass: 0n, amount }));
console.log(JSON.stringify(admittedOf({ register, excluded }).map(({ heads, fen }) => [`${heads}`, `${fen}`])));
""")
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    assert left == [["0", str((700 + 50 - (1 << 88) - (1 << 200)) % order)], ["2", "5"]]


DEVICES = """
const { linesOf } = await import(`${second}/files/issuer_log.mjs`);
let said = "read";
try {
  for await (const lines of linesOf("/dev/zero", "log")) said = lines;
} catch (error) {
  said = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify(said));
"""


def test_device__is_no_log() -> None:
    assert evaluate(DEVICES) == "void.log: is no file"
