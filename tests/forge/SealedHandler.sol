// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice} from "../../contracts/types/Ballot.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {SealedTown} from "./SealedTown.sol";

/// Acts on a sealed poll of two motions at random: honest, malformed and copied ballots, revotes, shares, secrets, pieces of the box right and
/// wrong, time, openings, abandonment. It keeps its own book of what must have happened; the invariants compare.
contract SealedHandler is SealedTown {
    struct Entry {
        uint8 sequence;
        uint64 plain; // 0: invalid
        bool counted;
    }

    /// What is in the box, from its beginning: whose ballot, of which sequence.
    struct Inside {
        uint256 index;
        uint8 sequence;
    }

    uint256 private constant MOTIONS = 2;

    mapping(uint256 index => Entry) public book;
    Inside[] private _inside;
    mapping(uint256 index => uint256) public told; // by BallotsCounted alone: 1 + choices
    uint256 public broken; // a rule that did not hold, by number
    uint256 public sharesOut;
    uint256 public secretOut;
    bool public given;
    bytes32 public boxAtClose;
    bool public hasCounted;
    uint256 private _now;

    constructor() {
        _buildSealedTown(uint8(MOTIONS));
        vm.stopPrank();
        _now = OPENS - 100;
    }

    /// Every act happens at the handler's own time and is sent by a plain account.
    modifier act() {
        vm.warp(_now);
        vm.startPrank(SENDER, SENDER);
        _;
        vm.stopPrank();
        if (_now >= CLOSES && boxAtClose == 0 && !hasCounted) boxAtClose = _sealed.box();
    }

    // --- ballots

    function castOne(uint256 index, uint256 kind, uint256 draw) external act {
        index %= LENDERS;
        uint8 sequence = book[index].sequence + 1 + uint8(draw % 3);
        if (sequence > 63) return;
        (Sealed memory one, uint64 opensTo) = _drawn(index, sequence, kind % 8, draw);
        bool done = _try(abi.encodeCall(ISealedPoll.cast, (_sealedBallot(one), _leaf(index), _proof(index))));
        if (done != _isOpen()) broken = 5;
        if (done) _note(one, opensTo);
    }

    function castMany(uint256 mask, uint256 draw) external act {
        mask %= 1 << LENDERS;
        Sealed[] memory many = new Sealed[](LENDERS);
        uint64[] memory opens = new uint64[](LENDERS);
        uint256 count = 0;
        for (uint256 i = 0; i < LENDERS; ++i) {
            uint256 word = uint256(keccak256(abi.encode(draw, i)));
            if (mask >> i & 1 == 0 || book[i].sequence > 60) continue;
            // Now and then a sequence that is not newer.
            uint8 sequence = uint8(book[i].sequence + word % 3);
            (many[count], opens[count]) = _drawn(i, sequence, (word >> 8) % 8, word);
            ++count;
        }
        if (count == 0) return;
        assembly ("memory-safe") {
            mstore(many, count)
        }
        Batch memory batch = _sealedBatch(many);
        bool done = _try(abi.encodeCall(IPoll.castBatch, (batch.credentials, batch.ballots, batch.leaves, batch.siblings)));
        if (done != _isOpen()) broken = 5;
        for (uint256 i = 0; done && i < count; ++i) {
            if (many[i].sequence > book[many[i].index].sequence) _note(many[i], opens[i]);
        }
    }

    /// Honest ballots, now and then of nonsense, of no seal, or copied from a neighbour.
    function _drawn(uint256 index, uint8 sequence, uint256 kind, uint256 draw) private returns (Sealed memory one, uint64 opensTo) {
        if (kind == 0) return (Sealed(index, sequence, 5, uint64(draw)), 0); // no point has that x
        if (kind == 1) return (_honest(index, sequence, uint64(4 << draw % 60)), 0);
        if (kind == 2) {
            one = _honest((index + 1) % LENDERS, sequence, 5);
            one.index = index;
            return (one, 0); // by a chance of 9 in 2^64 something else
        }
        opensTo = uint64(1 + draw % 3 | (1 + draw / 3 % 3) << 2);
        return (_honest(index, sequence, opensTo), opensTo);
    }

    // --- time, shares, secret

    /// One step in three is as long as the poll is open, so that most rows of acts see its end.
    function passTime(uint256 seconds_) external act {
        _now += seconds_ % 3 == 0 ? seconds_ % 12_000 : seconds_ % 60;
        vm.warp(_now);
    }

    function publish(uint256 trustee, uint256 spoil) external act {
        trustee %= SEATS + 1;
        uint256 share = _shareOf(SECRET, spoil % 4 == 0 ? trustee + 1 : trustee);
        bool may = _now >= CLOSES && trustee < SEATS && spoil % 4 != 0 && sharesOut >> trustee & 1 == 0;
        bool done = _try(abi.encodeCall(ISealedPoll.publishShare, (trustee, share)));
        if (done != may) broken = 6;
        if (done) sharesOut |= 1 << trustee;
    }

    function unseal(uint256 spoil) external act {
        uint256 secret = spoil % 3 == 0 ? spoil : SECRET;
        bool may = _now >= CLOSES && secretOut == 0 && secret == SECRET;
        bool done = _try(abi.encodeCall(ISealedPoll.unseal, (secret)));
        if (done != may) broken = 6;
        if (done) secretOut = secret;
    }

    // --- the box

    function count(uint256 size, uint256 spoil) external act {
        uint256 inside = _inside.length;
        if (inside == 0) return;
        size = 1 + size % inside;
        bytes memory piece = _joined(inside - size, inside);
        bytes32 before = _boxOf(inside - size);
        // Now and then others have counted behind it, as far as the call can tell; it is none of the piece.
        bytes memory behind = _joined(0, spoil / 8 % 3 < inside ? spoil / 8 % 3 : inside);
        spoil %= 8;
        if (spoil == 0) piece[(size * 110 - 1) - uint256(before) % 110] ^= 0x01;
        if (spoil == 1) before ^= bytes32(uint256(1));
        if (spoil == 2 && size < 2) return;
        if (spoil == 2) piece = _joined(inside - size, inside - 1);
        bool may = secretOut != 0 && spoil > 2;
        bool done = _try(abi.encodeCall(ISealedPoll.count, (before, bytes.concat(piece, behind))));
        if (done != may) broken = done ? 2 : 5;
        if (done) _taken(size);
    }

    /// Somebody is about to count a piece, and somebody else counts a part of it just before, or all of it and more.
    function countOvertaken(uint256 size, uint256 others) external act {
        uint256 inside = _inside.length;
        if (inside == 0 || secretOut == 0) return;
        (size, others) = (1 + size % inside, 1 + others % inside);
        bytes32 before = _boxOf(inside - size);
        bytes memory piece = _joined(inside - size, inside);
        bytes memory faster = _joined(inside - others, inside);
        if (!_try(abi.encodeCall(ISealedPoll.count, (_boxOf(inside - others), faster)))) broken = 5;
        _taken(others);
        bool done = _try(abi.encodeCall(ISealedPoll.count, (before, piece)));
        if (done != (others < size)) broken = done ? 2 : 5;
        if (done) _taken(size - others);
    }

    function openSums(uint256 spoil) external act {
        Opening[] memory openings = _openingsOfBook();
        bool spoilt = spoil % 4 == 0;
        if (spoilt) openings[spoil / 4 % openings.length].fenFor += 1 + spoil % 1_000;
        bool may = _now >= CLOSES && _inside.length == 0 && _sealed.resultHash() == 0 && !given;
        bool done = _try(abi.encodeCall(IPoll.openSums, (openings)));
        if (done != (may && !spoilt)) broken = 10;
    }

    function abandon(uint256 reason) external act {
        bytes32 structHash =
            keccak256(abi.encode(keccak256("PollAbandonment(uint256 pollNumber,bytes32 reasonHash)"), uint256(1), bytes32(reason)));
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        bool may = reason != 0 && _now >= CLOSES + ABANDON_AFTER && _sealed.resultHash() == 0 && !given;
        (bool done,) =
            address(_case).call(abi.encodeCall(_case.abandonPoll, (1, bytes32(reason), signers, signatures)));
        if (done != may) broken = 9;
        if (done) given = true;
    }

    // --- garbage

    function garbage(bytes calldata data) external act {
        bytes32 before = stateHash();
        (bool done,) = address(_sealed).call(data);
        if (done && stateHash() != before) broken = 11;
    }

    // --- what the invariants read

    function poll() external view returns (ISealedPoll) {
        return _sealed;
    }

    function nowIs() external view returns (uint256) {
        return _now;
    }

    function boxOfBook() external view returns (bytes32) {
        return _boxOf(_inside.length);
    }

    function insideCount() external view returns (uint256) {
        return _inside.length;
    }

    function stateHash() public view returns (bytes32 hash) {
        hash = keccak256(abi.encode(_sealed.box(), _sealed.secret(), _sealed.sharesPublished(), _sealed.abandonedFor()));
        for (uint256 i = 0; i < LENDERS; ++i) {
            hash = keccak256(abi.encode(hash, _sealed.sequenceOf(i)));
        }
    }

    /// Who has a ballot, of which sequence; and what was told of those counted.
    function checkBook() external view {
        for (uint256 i = 0; i < LENDERS; ++i) {
            Entry memory entry = book[i];
            _equal(_sealed.sequenceOf(i), entry.sequence, "sequence");
            _true(_sealed.hasBallot(i) == (entry.sequence != 0), "ballot");
            _equal(told[i], entry.counted ? 1 + uint256(entry.plain) : 0, "what was told");
        }
    }

    /// Heads, invalid ones and sums are those of the newest ballots that were counted, added up by the second writing of the curve.
    function checkCounts() external view {
        for (uint256 motion = 0; motion < MOTIONS; ++motion) {
            for (uint256 k = 0; k < CLASSES; ++k) {
                _checkPlace(motion, k);
            }
        }
    }

    function _checkPlace(uint256 motion, uint256 k) private view {
        uint256[4] memory heads;
        Point[4] memory sums;
        for (uint256 i = k; i < LENDERS; i += CLASSES) {
            if (!book[i].counted) continue;
            uint256 choice = book[i].plain >> (2 * motion) & 3;
            heads[choice] += 1;
            if (choice != 0) sums[choice] = Curve.plus(sums[choice], _points[i]);
        }
        (uint256 a, uint256 b, uint256 c) = _sealed.heads(motion, k);
        _true(a == heads[1] && b == heads[2] && c == heads[3], "heads");
        _equal(_sealed.invalid(k), heads[0], "invalid");
        for (uint256 choice = 1; choice <= 3; ++choice) {
            (uint256 x, uint256 y) = _sealed.sumOf(motion, k, Choice(choice));
            _true(x == sums[choice].x && y == sums[choice].y, "sum");
        }
    }

    /// Lenders with a ballot who were counted, by the heads of a motion; and how many have one.
    function headsAndBallots(uint256 motion) external view returns (uint256 heads, uint256 ballots) {
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 a, uint256 b, uint256 c) = _sealed.heads(motion, k);
            heads += a + b + c + _sealed.invalid(k);
        }
        for (uint256 i = 0; i < LENDERS; ++i) {
            if (_sealed.hasBallot(i)) ++ballots;
        }
    }

    function _note(Sealed memory one, uint64 opensTo) private {
        book[one.index] = Entry(one.sequence, opensTo, false);
        _inside.push(Inside(one.index, one.sequence));
        _records.push(_recordOf(one));
    }

    /// The last ballots were taken out of the box; the newest of their lenders count now.
    function _taken(uint256 size) private {
        hasCounted = true;
        for (uint256 i = 0; i < size; ++i) {
            Inside memory one = _inside[_inside.length - 1];
            Entry storage entry = book[one.index];
            if (entry.sequence == one.sequence) {
                if (entry.counted) broken = 3;
                entry.counted = true;
            }
            _inside.pop();
            _records.pop();
        }
    }

    function _openingsOfBook() private view returns (Opening[] memory) {
        uint64[] memory plain = new uint64[](LENDERS);
        for (uint256 i = 0; i < LENDERS; ++i) {
            if (book[i].counted) plain[i] = book[i].plain;
        }
        return _sealedOpenings(plain, MOTIONS);
    }

    function _isOpen() private view returns (bool) {
        return _now >= OPENS && _now < CLOSES;
    }

    function _try(bytes memory data) private returns (bool done) {
        vm.recordLogs();
        (done,) = address(_sealed).call(data);
        Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISealedPoll.BallotsCounted.selector) _hear(abi.decode(logs[i].data, (bytes)));
        }
    }

    function _hear(bytes memory counted) private {
        for (uint256 from = 0; from < counted.length; from += 9) {
            uint256 index = uint8(counted[from + 3]); // 12 lenders
            if (told[index] != 0) broken = 3;
            told[index] = 1 + uint256(uint8(counted[from + 8]));
        }
    }
}
