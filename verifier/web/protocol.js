"use strict";
// The protocol (docs/protocol.md) in whole numbers: Keccak-256, secp256k1, typed data, leaves, addresses. Nothing here touches page or network.
const Protocol = (() => {
  const P = 2n ** 256n - 2n ** 32n - 977n;
  const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const G = [
    0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
    0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  ];
  const ROUNDS = [
    0x0000000000000001n,
    0x0000000000008082n,
    0x800000000000808an,
    0x8000000080008000n,
    0x000000000000808bn,
    0x0000000080000001n,
    0x8000000080008081n,
    0x8000000000008009n,
    0x000000000000008an,
    0x0000000000000088n,
    0x0000000080008009n,
    0x000000008000000an,
    0x000000008000808bn,
    0x800000000000008bn,
    0x8000000000008089n,
    0x8000000000008003n,
    0x8000000000008002n,
    0x8000000000000080n,
    0x000000000000800an,
    0x800000008000000an,
    0x8000000080008081n,
    0x8000000000008080n,
    0x0000000080000001n,
    0x8000000080008008n,
  ];
  const LANE = 2n ** 64n - 1n;
  const RATE = 136;
  const turn = (lane, by) => ((lane << BigInt(by)) | (lane >> BigInt(64 - by))) & LANE;

  function permute(a) {
    for (const constant of ROUNDS) {
      const columns = [0, 1, 2, 3, 4].map((x) => a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]);
      for (let i = 0; i < 25; i += 1) a[i] ^= columns[(i + 4) % 5] ^ turn(columns[(i + 1) % 5], 1);
      let [x, y, lane] = [1, 0, a[1]];
      for (let step = 0; step < 24; step += 1) {
        [x, y] = [y, (2 * x + 3 * y) % 5];
        const next = a[x + 5 * y];
        a[x + 5 * y] = turn(lane, (((step + 1) * (step + 2)) / 2) % 64);
        lane = next;
      }
      for (let row = 0; row < 25; row += 5) {
        const old = a.slice(row, row + 5);
        for (let i = 0; i < 5; i += 1) a[row + i] = old[i] ^ (~old[(i + 1) % 5] & LANE & old[(i + 2) % 5]);
      }
      a[0] ^= constant;
    }
  }

  /** Keccak-256 of hex digits, as hex digits; both without 0x. */
  function keccak(hex) {
    const length = hex.length / 2;
    const padded = new Uint8Array((Math.floor(length / RATE) + 1) * RATE);
    for (let i = 0; i < length; i += 1) padded[i] = parseInt(hex.substr(2 * i, 2), 16);
    padded[length] ^= 1;
    padded[padded.length - 1] ^= 128;
    const lanes = Array(25).fill(0n);
    for (let block = 0; block < padded.length; block += RATE) {
      for (let i = 0; i < RATE; i += 1) lanes[i >> 3] ^= BigInt(padded[block + i]) << BigInt(8 * (i & 7));
      permute(lanes);
    }
    let out = "";
    for (let i = 0; i < 32; i += 1)
      out += Number((lanes[i >> 3] >> BigInt(8 * (i & 7))) & 255n)
        .toString(16)
        .padStart(2, "0");
    return out;
  }

  const bare = (text, bytes) => {
    if (!/^0x([0-9a-f]{2})*$/i.test(text) || (bytes && text.length !== 2 + 2 * bytes))
      throw new RangeError("not hex of that length: " + text);
    return text.slice(2).toLowerCase();
  };
  const word = (value) => {
    const number = BigInt(value);
    if (number < 0n || number >> 256n) throw new RangeError("not a word");
    return number.toString(16).padStart(64, "0");
  };
  const ascii = (text) => Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const mod = (value, by) => ((value % by) + by) % by;

  function inverse(value, by) {
    let [a, b, x, y] = [mod(value, by), by, 1n, 0n];
    while (a > 1n) {
      const whole = b / a;
      [a, b, x, y] = [b - whole * a, a, y - whole * x, x];
      if (a === 0n) throw new RangeError("no inverse");
    }
    return mod(x, by);
  }

  function power(base, exponent, by) {
    let result = 1n;
    for (let left = exponent, square = base; left; left >>= 1n, square = (square * square) % by)
      if (left & 1n) result = (result * square) % by;
    return result;
  }

  /** Sum of two points; null is infinity. */
  function add(a, b) {
    if (!a || !b) return a || b;
    if (a[0] === b[0] && mod(a[1] + b[1], P) === 0n) return null;
    const slope = a[0] === b[0] ? 3n * a[0] * a[0] * inverse(2n * a[1], P) : (b[1] - a[1]) * inverse(b[0] - a[0], P);
    const x = mod(slope * slope - a[0] - b[0], P);
    return [x, mod(slope * (a[0] - x) - a[1], P)];
  }

  function times(factor, point) {
    let sum = null;
    for (let left = mod(factor, N), double = point; left; left >>= 1n, double = add(double, double)) if (left & 1n) sum = add(sum, double);
    return sum;
  }

  /** The point with this x and an even or odd y, or null. */
  function lift(x, odd) {
    const square = mod(x * x * x + 7n, P);
    const y = power(square, (P + 1n) / 4n, P);
    if ((y * y) % P !== square) return null;
    return [x, (y & 1n) === BigInt(odd) ? y : P - y];
  }

  let second = null;
  /** H by the recipe of section 2. */
  function generatorH() {
    for (let counter = 0; !second; counter += 1) {
      const x = BigInt("0x" + keccak(ascii("LenderVote/1/H") + word(counter).slice(56)));
      if (x > 0n && x < N) second = lift(x, 0);
    }
    return second;
  }

  /** Whether amount and blind open the commitment. */
  function opens(amount, blind, x, y) {
    const [a, b] = [BigInt(amount), BigInt(blind)];
    if (a < 0n || a >> 63n || b < 1n || b >= N) return false;
    const point = add(times(a, G), times(b, generatorH()));
    return Boolean(point) && point[0] === BigInt(x) && point[1] === BigInt(y);
  }

  /** The address that signed a digest (32 bytes as 0x), from r ‖ s ‖ v or the 64 bytes of EIP-2098. */
  function signerOf(digest, signature) {
    const hex = bare(signature);
    if (hex.length !== 130 && hex.length !== 128) throw new RangeError("not a signature");
    const r = BigInt("0x" + hex.slice(0, 64));
    const packed = BigInt("0x" + hex.slice(64, 128));
    const s = hex.length === 130 ? packed : packed & (2n ** 255n - 1n);
    const bit = hex.length === 130 ? parseInt(hex.slice(128), 16) - 27 : Number(packed >> 255n);
    const point = bit === 0 || bit === 1 ? lift(r, bit) : null;
    if (!point || r === 0n || r >= N || s === 0n || s > N / 2n) throw new RangeError("not a signature");
    const by = inverse(r, N);
    const key = add(times(s * by, point), times(-BigInt("0x" + bare(digest, 32)) * by, G));
    return addressOf(key);
  }

  const TYPES = {
    Ballot: "Ballot(uint256 index,uint8 choice,uint8 sequence,bytes32 planHash)",
    SealedBallot: "SealedBallot(uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash)",
    BallotReceipt:
      "BallotReceipt(bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt,bytes32 book,uint64 number,bytes32 previous)",
  };
  const TYPES_OF_PROTOCOL_1 = {
    ...TYPES,
    BallotReceipt: "BallotReceipt(bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt)",
  };
  const DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

  /** A contract's domain separator, as hex digits. */
  const separatorOf = (chainId, contract) =>
    keccak(
      keccak(ascii(DOMAIN)) + keccak(ascii("LenderVote")) + keccak(ascii("1")) + word(chainId) + word(BigInt("0x" + bare(contract, 20))),
    );

  /** The digest of a Ballot or BallotReceipt; `values` in the order of the type's fields. */
  function digest(chainId, poll, type, values, protocol = 2) {
    const domain = separatorOf(chainId, poll);
    const text = (protocol === 1 ? TYPES_OF_PROTOCOL_1 : TYPES)[type];
    const struct = keccak(keccak(ascii(text)) + values.map(word).join(""));
    return "0x" + keccak("1901" + domain + struct);
  }

  const leaf = (index, votingClass, x, y) => "0x" + keccak(keccak([index, votingClass, x, y].map(word).join("")));

  const addressOf = (point) => "0x" + keccak(word(point[0]) + word(point[1])).slice(24);

  /** The point of 33 bytes as 0x. Throws a RangeError when there is none. */
  function pointOf(text) {
    const hex = bare(text, 33);
    const [head, x] = [hex.slice(0, 2), BigInt("0x" + hex.slice(2))];
    const point = (head === "02" || head === "03") && x < P ? lift(x, Number(head) - 2) : null;
    if (!point) throw new RangeError("not a point");
    return point;
  }

  /** A seal's x and the word that hides what is under it (section 21.1), for whoever knows k, a bigint from 1 below the order. */
  function sealBy(k, key, chainId, poll, index, sequence) {
    const [x, y] = times(k, G);
    if (y & 1n) return { seal: null, hiding: 0n };
    const place = keccak(ascii("LenderVote/1/seal")) + separatorOf(chainId, poll) + word(index) + word(sequence) + word(x);
    const hidden = keccak(place + "0".repeat(24) + bare(addressOf(times(k, key))));
    return { seal: "0x" + word(x), hiding: BigInt("0x" + hidden.slice(0, 16)) };
  }

  /** The root to which a proof leads from a leaf. */
  function rootFrom(start, proof) {
    return proof.reduce((node, other) => {
      const pair = [bare(node, 32), bare(other, 32)].sort();
      return "0x" + keccak(pair.join(""));
    }, start);
  }

  /** Levels of a register's tree. */
  function depthOf(leafCount) {
    let depth = 8;
    while (2 ** depth < leafCount) depth += 1;
    return depth;
  }

  /** The contract that an address creates with this nonce. */
  function created(creator, nonce) {
    const number = nonce ? nonce.toString(16) : "";
    const even = number.length % 2 ? "0" + number : number;
    const coded = nonce < 128 && nonce > 0 ? even : (128 + even.length / 2).toString(16) + even;
    const list = "94" + bare(creator, 20) + coded;
    return "0x" + keccak((192 + list.length / 2).toString(16) + list).slice(24);
  }

  /** The address of a case's poll of this number (section 8.1). */
  const pollOf = (caseAddress, number) => created(created(caseAddress, 1), number + 1);

  /** An address as lower case. Throws for a mixed case that is not its checksum (EIP-55): a digit was mistyped. */
  function address(text) {
    const digits = bare(text, 20);
    const hash = keccak(ascii(digits));
    const mixed = Array.from(digits, (digit, at) => (parseInt(hash[at], 16) > 7 ? digit.toUpperCase() : digit)).join("");
    const given = text.slice(2);
    if (given !== digits && given !== digits.toUpperCase() && given !== mixed) throw new RangeError("not an address: a digit was mistyped");
    return "0x" + digits;
  }

  /** What the lender's device showed of its ballot key (section 20): twelve hex digits. */
  const keyCode = (ballotKey) => bare(ballotKey, 20).slice(0, 12);

  const selector = (signature) => "0x" + keccak(ascii(signature)).slice(0, 8);
  return {
    order: N,
    keccak,
    opens,
    pointOf,
    addressOf,
    sealBy,
    signerOf,
    digest,
    leaf,
    rootFrom,
    depthOf,
    pollOf,
    address,
    keyCode,
    selector,
    word,
  };
})();
