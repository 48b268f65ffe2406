// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../../contracts/types/Rule.sol";
import {ClassTally} from "../../contracts/types/Tally.sol";
import {Libraries} from "../contracts/harness/Libraries.sol";
import {Cheats} from "./Cheats.sol";
import {Curve} from "./Curve.sol";

/// The libraries against a second writing, on numbers drawn at random.
contract LibrariesTest is Cheats {
    Libraries private _libraries;

    function setUp() public {
        string memory artifact = vm.envOr("LIBRARIES_ARTIFACT", string("Libraries.sol:Libraries"));
        _libraries = Libraries(vm.deployCode(artifact));
    }

    // --- signatures

    /// Every r that is the x of a point and every s gives some signer; the lower half of all s is taken, the upper is not.
    function testFuzz_signerOf(bytes32 digest, uint256 s, bool odd) public view {
        uint256 half = Curve.N / 2;
        s = 1 + s % half;
        _signer(digest, s, odd);
        _signer(digest, half, odd);
        uint256 parity = odd ? 1 << 255 : 0;
        bytes32 r = bytes32(Curve.g().x);
        require(_recovered(digest, half + 1, odd) != address(0) || _isNobody(digest, half + 1), "ecrecover takes a high s");
        require(_libraries.signerOf(digest, r, bytes32((half + 1) | parity)) == address(0), "high s");
        require(_libraries.signerOf(digest, 0, bytes32(s | parity)) == address(0), "no r");
        require(_libraries.signerOf(digest, r, bytes32(parity)) == address(0), "no s");
    }

    function _signer(bytes32 digest, uint256 s, bool odd) private view {
        address expected = _recovered(digest, s, odd);
        require(expected != address(0) || _isNobody(digest, s), "some signer");
        bytes32 vs = bytes32(s | (odd ? 1 << 255 : 0));
        require(_libraries.signerOf(digest, bytes32(Curve.g().x), vs) == expected, "the same signer");
    }

    function _recovered(bytes32 digest, uint256 s, bool odd) private pure returns (address) {
        return ecrecover(digest, odd ? 28 : 27, bytes32(Curve.g().x), bytes32(s));
    }

    /// With the signature's point at plus or minus G, s G takes the digest's multiple of G to infinity when they are alike: no key, no signer.
    function _isNobody(bytes32 digest, uint256 s) private pure returns (bool) {
        uint256 e = uint256(digest) % Curve.N;
        return e == s || e == Curve.N - s;
    }

    // --- sums of points

    /// A walk of eight steps of plus and minus small multiples of G, so that points often are equal or opposite.
    function testFuzz_sumOfPoints(uint256 seed) public view {
        Point[] memory points = new Point[](8);
        bool[] memory negative = new bool[](8);
        Point memory expected;
        for (uint256 i = 0; i < 8; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            negative[i] = draw & 1 == 1;
            points[i] = Curve.times(Curve.g(), draw >> 8 & 3);
            expected = negative[i] ? Curve.minus(expected, points[i]) : Curve.plus(expected, points[i]);
        }
        (uint256 x, uint256 y) = _libraries.sum(points, negative);
        _equal(x, expected.x, "x");
        _equal(y, expected.y, "y");
    }

    function testFuzz_sumOfAnyTwoPoints(uint256 a, uint256 b, bool negative) public view {
        Point[] memory points = new Point[](2);
        bool[] memory signs = new bool[](2);
        (points[0], points[1]) = (Curve.times(Curve.g(), a), Curve.times(Curve.h(), b));
        signs[1] = negative;
        Point memory expected = negative ? Curve.minus(points[0], points[1]) : Curve.plus(points[0], points[1]);
        (uint256 x, uint256 y) = _libraries.sum(points, signs);
        _equal(x, expected.x, "x");
        _equal(y, expected.y, "y");
    }

    function testFuzz_manySumsWithOneInversion(uint256 seed) public view {
        Point[] memory points = new Point[](7);
        for (uint256 i = 0; i < points.length; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            points[i] = Curve.times(Curve.g(), draw & 3);
            if (draw >> 2 & 1 == 1 && points[i].y != 0) points[i].y = Curve.P - points[i].y;
        }
        Point[] memory found = _libraries.sumsOfNeighbours(points);
        for (uint256 i = 0; i < found.length; ++i) {
            Point memory expected = Curve.plus(points[i], points[i + 1]);
            _equal(found[i].x, expected.x, "x");
            _equal(found[i].y, expected.y, "y");
        }
    }

    /// Infinity, equal and opposite points among them.
    function testFuzz_affineSumOfTwo(uint256 a, uint256 b) public view {
        Point[4] memory left = [Point(0, 0), Curve.times(Curve.g(), 1 + a % 5), Curve.times(Curve.g(), a), Curve.times(Curve.h(), b)];
        for (uint256 i = 0; i < left.length; ++i) {
            for (uint256 j = 0; j < left.length; ++j) {
                _affineSum(left[i], left[j]);
            }
            if (left[i].y != 0) _affineSum(left[i], Point(left[i].x, Curve.P - left[i].y));
        }
    }

    function _affineSum(Point memory a, Point memory b) private view {
        Point memory expected = Curve.plus(a, b);
        (uint256 x, uint256 y) = _libraries.addAffine(a, b);
        _equal(x, expected.x, "x");
        _equal(y, expected.y, "y");
    }

    function testFuzz_sumsGoOnAfterTheyWereMadeAffine(uint256 a, uint256 b, uint256 c) public view {
        Point memory first = Curve.times(Curve.g(), 1 + a % 7);
        Point memory second = Curve.times(Curve.g(), 1 + b % 7);
        Point memory third = Curve.times(Curve.h(), 1 + c % 7);
        Point memory expected = Curve.plus(Curve.plus(first, second), third);
        (uint256 x, uint256 y) = _libraries.sumGoneOn(first, second, third);
        _equal(x, expected.x, "x");
        _equal(y, expected.y, "y");
        (x, y) = _libraries.sumGoneOn(first, Point(first.x, Curve.P - first.y), third);
        _equal(x, third.x, "x after infinity");
        _equal(y, third.y, "y after infinity");
    }

    /// Points of other curves of the same shape, whose x and y have no bit in common, or whose double has z = 2: the formulas are the same.
    function test_pointsWithFewBits() public view {
        Point memory a = Point(1, 2);
        Point memory b = Curve.plus(a, a);
        _affineSum(a, b);
        _affineSum(b, a);
        Point[] memory two = new Point[](2);
        (two[0], two[1]) = (a, b);
        (uint256 x, uint256 y) = _libraries.sum(two, new bool[](2));
        Point memory expected = Curve.plus(a, b);
        _true(x == expected.x && y == expected.y, "a + b");
        Point memory found = _libraries.sumsOfNeighbours(two)[0];
        _true(found.x == expected.x && found.y == expected.y, "a + b, neighbours");
        (two[0], two[1]) = (Point(2, 1), Point(2, 1));
        (x, y) = _libraries.sum(two, new bool[](2));
        expected = Curve.plus(two[0], two[1]);
        _true(x == expected.x && y == expected.y, "twice (2, 1)");
    }

    // --- proofs and records

    function test_proofOfAnotherLengthProvesNothing() public view {
        bytes32[] memory proof = new bytes32[](2);
        (bytes32 leaf, bytes32 sibling) = (bytes32(uint256(7)), bytes32(uint256(9)));
        bytes32 root = keccak256(abi.encode(leaf, sibling));
        (proof[0], proof[1]) = (sibling, bytes32(uint256(11)));
        _true(!_libraries.contains(root, 1, leaf, proof), "one sibling too many");
        _true(!_libraries.contains(root, 1, leaf, new bytes32[](0)), "none");
        proof = new bytes32[](1);
        proof[0] = sibling;
        _true(_libraries.contains(root, 1, leaf, proof), "as it should be");
    }

    /// The room for records is large enough: what lies behind it stays as it is.
    function test_recordsStayInTheirRoom() public view {
        for (uint256 count = 1; count <= 64; ++count) {
            (bytes memory records, bytes32 neighbour) = _libraries.recordsAndNeighbour(count);
            _equal(records.length, 5 * count, "length");
            _equal(uint256(neighbour), 0, "behind the records");
            for (uint256 i = 0; i < count; ++i) {
                _true(uint8(records[5 * i + 3]) == i && records[5 * i + 4] == 0xff, "record");
            }
        }
    }

    // --- points and openings

    /// Multiples of G and H are points; a step beside them, beyond the prime, or anything drawn at random is none.
    function testFuzz_isPoint(uint256 factor, uint256 x, uint256 y) public view {
        factor = _bound(factor, 1, Curve.N - 1);
        Point memory point = factor & 1 == 1 ? Curve.times(Curve.g(), factor) : Curve.times(Curve.h(), factor);
        _true(_libraries.isPoint(point.x, point.y) && _libraries.isPoint(point.x, Curve.P - point.y), "a point");
        _true(!_libraries.isPoint(point.x, addmod(point.y, 1, Curve.P)), "y beside it");
        // Not every draw is off the curve: the fuzzer knows the generators from the code.
        _true(_libraries.isPoint(x, y) == _onCurve(x, y), "at random");
        _true(_libraries.isPoint(x, point.y) == _onCurve(x, point.y), "half at random");
        _true(_libraries.isPoint(point.x, y) == _onCurve(point.x, y), "the other half at random");
    }

    function _onCurve(uint256 x, uint256 y) private pure returns (bool) {
        if (x >= Curve.P || y >= Curve.P) return false;
        return mulmod(y, y, Curve.P) == addmod(mulmod(mulmod(x, x, Curve.P), x, Curve.P), 7, Curve.P);
    }

    /// Modulo the prime the first two are points.
    function test_isPointInOneWayOnly() public view {
        // 1 + 7 is a square; y = 1 has the cube root of -6.
        uint256 root = 0x4218F20AE6C646B363DB68605822FB14264CA8D2587FDD6FBC750D587E76A7EE;
        _true(mulmod(root, root, Curve.P) == 8 && _libraries.isPoint(1, root), "x = 1");
        _true(!_libraries.isPoint(1 + Curve.P, root), "x beyond the prime");
        uint256 x = _xOfOne();
        _true(_libraries.isPoint(x, 1) && !_libraries.isPoint(x, 1 + Curve.P), "y beyond the prime");
        _true(!_libraries.isPoint(0, 0), "infinity");
        _true(!_libraries.isPoint(Curve.P, root) && !_libraries.isPoint(x, Curve.P), "the prime");
        _true(!_libraries.isPoint(type(uint256).max, type(uint256).max), "all ones");
    }

    /// A cube root of 1 - 7: P is 7 modulo 9, so it is the power of (P + 2) / 9.
    function _xOfOne() private view returns (uint256 x) {
        uint256 exponent = (Curve.P + 2) / 9;
        (bool done, bytes memory answer) = address(5).staticcall(abi.encode(32, 32, 32, Curve.P - 6, exponent, Curve.P));
        x = abi.decode(answer, (uint256));
        _true(done && mulmod(x, mulmod(x, x, Curve.P), Curve.P) == Curve.P - 6, "a cube root");
    }

    function testFuzz_commitmentOpensToItsAmountOnly(uint256 fen, uint256 blind, uint256 other) public view {
        fen = _bound(fen, 0, (1 << 88) - 1);
        blind = _bound(blind, 0, Curve.N - 1);
        Point memory point = Curve.commit(fen, blind);
        if (point.x == 0) return; // 0 and 0
        _true(_libraries.opensSum(point, fen, blind), "opens");
        _true(!_libraries.opensSum(point, _bound(other, 0, (1 << 88) - 1) == fen ? fen ^ 1 : other % (1 << 88), blind), "amount");
        _true(!_libraries.opensSum(point, fen, _bound(other, 0, Curve.N - 1) == blind ? blind ^ 1 : other % Curve.N), "blind");
        point.y = Curve.P - point.y;
        _true(!_libraries.opensSum(point, fen, blind), "the opposite point");
    }

    /// Without a bound: amounts of a leaf are any number modulo the order.
    function testFuzz_leafOpensToAnyAmountModuloTheOrder(uint256 fen, uint256 blind) public view {
        Point memory point = Curve.commit(fen, blind);
        if (point.x == 0) return;
        _true(_libraries.opens(point, fen % Curve.N, blind % Curve.N) && _libraries.opens(point, fen, blind), "opens");
        _true(!_libraries.opens(point, addmod(fen, 1, Curve.N), blind) && !_libraries.opens(point, fen, addmod(blind, 1, Curve.N)), "no other");
        _true(!_libraries.opens(point, Curve.N - fen % Curve.N, blind) || fen % Curve.N == 0, "the negative amount");
    }

    function test_openingAtItsLimits() public view {
        uint256 blind = 77;
        uint256 limit = 1 << 88;
        _true(_libraries.opensSum(Curve.commit(limit - 1, blind), limit - 1, blind), "the largest amount");
        _true(!_libraries.opensSum(Curve.commit(limit, blind), limit, blind), "too large an amount");
        _true(!_libraries.opensSum(Curve.commit(5, blind), 5 + Curve.N, blind), "beyond the order");
        _true(_libraries.opens(Curve.commit(limit, blind), limit, blind), "a leaf has no limit");
        _true(_libraries.opensSum(Curve.commit(0, blind), 0, blind), "amount 0");
        _true(_libraries.opensSum(Curve.commit(5, 0), 5, 0) && _libraries.opensSum(Curve.commit(5, 0), 5, Curve.N), "blind 0");
        _true(!_libraries.opensSum(Curve.commit(5, 0), 4, 0) && !_libraries.opensSum(Curve.commit(5, 0), 5, 1), "blind 0 opens no other");
        _true(!_libraries.opensSum(Curve.commit(5, blind), 5, 0), "blind 0 opens no sum that has one");
        _true(!_libraries.opensSum(Curve.commit(5, blind), 0, 0), "nothing opens infinity only");
        _true(_libraries.opensSum(Point(0, 0), 0, 0), "infinity");
        _true(!_libraries.opensSum(Point(0, 0), 1, 0) && !_libraries.opensSum(Point(0, 0), 0, 1), "infinity is nothing else");
        _true(!_libraries.opensSum(Point(0, 1), 0, 0) && !_libraries.opensSum(Point(1, 0), 0, 0), "not a point");
    }

    // --- the rule, against fractions compared by whole parts and remainders

    function testFuzz_ruleIsExact(uint256 seed) public view {
        (Condition[] memory conditions, ClassTally memory tally, ClassTotals memory admitted) = _drawRule(seed);
        bool expected = tally.headsFor + tally.headsAgainst != 0;
        for (uint256 i = 0; i < conditions.length; ++i) {
            expected = expected && _holds(conditions[i], tally, admitted);
        }
        _true(_libraries.carries(conditions, tally, admitted) == expected, "rule");
    }

    function test_ruleAtItsThresholds() public view {
        ClassTally memory tally = ClassTally(2, 1, 3, 200, 100, 300);
        ClassTotals memory admitted = ClassTotals(8, 800, 0);
        _isThreshold(Measure.Heads, Numerator.For, Denominator.Admitted, 2, 8, tally, admitted);
        _isThreshold(Measure.Heads, Numerator.For, Denominator.TakingPart, 2, 6, tally, admitted);
        _isThreshold(Measure.Heads, Numerator.For, Denominator.ForAgainst, 2, 3, tally, admitted);
        _isThreshold(Measure.Heads, Numerator.TakingPart, Denominator.Admitted, 6, 8, tally, admitted);
        _isThreshold(Measure.Amount, Numerator.For, Denominator.Admitted, 200, 800, tally, admitted);
        _isThreshold(Measure.Amount, Numerator.For, Denominator.TakingPart, 200, 600, tally, admitted);
        _isThreshold(Measure.Amount, Numerator.For, Denominator.ForAgainst, 200, 300, tally, admitted);
        _isThreshold(Measure.Amount, Numerator.TakingPart, Denominator.Admitted, 600, 800, tally, admitted);
    }

    function _isThreshold(
        Measure measure,
        Numerator numerator,
        Denominator denominator,
        uint32 num,
        uint32 den,
        ClassTally memory tally,
        ClassTotals memory admitted
    ) private view {
        Condition[] memory one = new Condition[](1);
        one[0] = Condition(measure, numerator, denominator, num, den, false);
        _true(_libraries.carries(one, tally, admitted), "at least: reached");
        one[0].strict = true;
        _true(!_libraries.carries(one, tally, admitted), "more than: not reached");
        one[0].num = num - 1;
        _true(_libraries.carries(one, tally, admitted), "more than: passed");
        (one[0].num, one[0].strict) = (num + 1, false);
        _true(!_libraries.carries(one, tally, admitted), "at least: missed");
    }

    function _drawRule(uint256 seed)
        private
        pure
        returns (Condition[] memory conditions, ClassTally memory tally, ClassTotals memory admitted)
    {
        uint256 scale = seed % 3 == 0 ? 3 : 1 << 31;
        uint256 fenScale = seed % 3 == 0 ? 3 : 1 << 61;
        tally = ClassTally(
            _draw(seed, 1) % scale,
            _draw(seed, 2) % scale,
            _draw(seed, 3) % scale,
            _draw(seed, 4) % fenScale,
            _draw(seed, 5) % fenScale,
            _draw(seed, 6) % fenScale
        );
        admitted.heads = tally.headsFor + tally.headsAgainst + tally.headsAbstain + _draw(seed, 7) % 3;
        admitted.amountFen = tally.fenFor + tally.fenAgainst + tally.fenAbstain + _draw(seed, 8) % 3;
        conditions = new Condition[](1 + seed % 2);
        for (uint256 i = 0; i < conditions.length; ++i) {
            uint256 draw = _draw(seed, 9 + i);
            uint32 den = uint32(1 + (draw >> 128) % (seed % 3 == 0 ? 6 : 1_000_000));
            conditions[i] = Condition(
                Measure(draw & 1), Numerator(draw >> 1 & 1), Denominator((draw >> 8) % 3), uint32(1 + (draw >> 64) % den), den, draw >> 2 & 1 == 1
            );
        }
    }

    function _draw(uint256 seed, uint256 place) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, place)));
    }

    function _holds(Condition memory c, ClassTally memory tally, ClassTotals memory admitted) private pure returns (bool) {
        (uint256 for_, uint256 against, uint256 abstain, uint256 all) = c.measure == Measure.Heads
            ? (tally.headsFor, tally.headsAgainst, tally.headsAbstain, admitted.heads)
            : (tally.fenFor, tally.fenAgainst, tally.fenAbstain, admitted.amountFen);
        uint256 above = c.numerator == Numerator.For ? for_ : for_ + against + abstain;
        uint256 below = all;
        if (c.denominator == Denominator.TakingPart) below = for_ + against + abstain;
        if (c.denominator == Denominator.ForAgainst) below = for_ + against;
        // Nothing of nothing: 0 >= 0 holds, 0 > 0 does not.
        if (below == 0) return above > 0 || !c.strict;
        int256 order = _compare(above, below, c.num, c.den);
        return c.strict ? order > 0 : order >= 0;
    }

    /// a/b against c/d by continued fractions: never multiplies.
    function _compare(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (int256) {
        for (int256 sign = 1;; sign = -sign) {
            if (a / b != c / d) return a / b > c / d ? sign : -sign;
            (a, c) = (a % b, c % d);
            if (a == 0 || c == 0) return a == c ? int256(0) : a > c ? sign : -sign;
            (a, b, c, d) = (b, a, d, c);
        }
        return 0;
    }
}
