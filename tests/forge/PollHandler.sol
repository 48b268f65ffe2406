// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice, CompactSignature, SignedBallot} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {Town} from "./Town.sol";

/// Acts on a poll at random: honest ballots alone and in batches, revotes, garbage, time, leaves taken out, openings, attestations. It
/// keeps its own book of what must have happened; the invariants compare. Three leaves hold no claim, one too much.
contract PollHandler is Town {
    struct Entry {
        uint8 choice;
        uint8 sequence;
    }

    mapping(uint256 index => Entry) public book;
    mapping(uint256 index => uint256 mark) public replayed; // from events alone
    mapping(uint256 index => bool) public out; // leaves taken out, by the book
    mapping(uint256 index => bool) public replayedOut; // by events alone
    uint256[2] public attested; // refusals, approvals, by the book
    uint256 public broken; // a rule that did not hold, by number
    uint256 public accepted;
    bytes32 public frozenAtClose;
    bytes32 public recordedAtClose;
    uint256 private _now;
    uint256 private _stage;

    constructor() {
        _buildTown();
        vm.stopPrank();
        _now = OPENS - 100;
        _stage = uint256(_poll.stage());
    }

    /// Every act happens at the handler's own time and is sent by a plain account.
    modifier act() {
        vm.warp(_now);
        vm.startPrank(SENDER, SENDER);
        _;
        vm.stopPrank();
        uint256 stage = uint256(_poll.stage());
        if (stage < _stage) broken = 8;
        _stage = stage;
        if (_now >= CLOSES && frozenAtClose == 0) (frozenAtClose, recordedAtClose) = (stateHash(), recordsHash());
    }

    /// Class totals are those of the amounts all the same.
    function _fen(uint256 index) internal pure override returns (uint256) {
        if (index == 8) return Curve.N - 50_000;
        if (index == 10) return super._fen(index) + 60_000;
        if (index == 9) return 1 << 200;
        if (index == 11) return Curve.N - (1 << 200) + 20_000;
        return super._fen(index);
    }

    function _isOut(uint256 index) internal view override returns (bool) {
        return out[index];
    }

    // --- honest acts

    function castOne(uint256 index, uint8 choice, uint8 step) external act {
        index %= LENDERS;
        (choice, step) = (1 + choice % 3, 1 + step % 4);
        uint8 sequence = book[index].sequence + step;
        if (sequence > 63) return;
        SignedBallot memory ballot = _ballot(index, choice, sequence);
        bool done = _try(abi.encodeCall(IOpenPoll.cast, (ballot, _leaf(index), _proof(index))));
        if (done != _isOpen()) broken = done ? 4 : 12;
        if (done) _note(index, choice, sequence);
    }

    function castMany(uint256 mask, uint256 draw) external act {
        mask = mask % (1 << LENDERS);
        uint256 count = 0;
        uint256[] memory indexes = new uint256[](LENDERS);
        for (uint256 i = 0; i < LENDERS; ++i) {
            if (mask >> i & 1 == 1) indexes[count++] = i;
        }
        if (count == 0) return;
        assembly ("memory-safe") {
            mstore(indexes, count)
        }
        (uint8[] memory choices, uint8[] memory sequences) = (new uint8[](count), new uint8[](count));
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = uint256(keccak256(abi.encode(draw, i)));
            // Now and then no choice, a sequence too low or one too high for its lender.
            (choices[i], sequences[i]) = (uint8(word & 3), uint8((word >> 8) % 5 + book[indexes[i]].sequence) & 63);
        }
        Batch memory batch = _batch(indexes, choices, sequences);
        bytes memory data = abi.encodeCall(IPoll.castBatch, (batch.credentials, batch.ballots, batch.leaves, batch.siblings));
        bool done = _try(data);
        if (done != _isOpen()) broken = done ? 4 : 12;
        for (uint256 i = 0; done && i < count; ++i) {
            if (choices[i] == 0 || sequences[i] <= book[indexes[i]].sequence) continue;
            _note(indexes[i], choices[i], sequences[i]);
        }
    }

    /// One step in three is as long as the poll is open, so that most rows of acts see its end.
    function passTime(uint256 seconds_) external act {
        _now += seconds_ % 3 == 0 ? seconds_ % 12_000 : seconds_ % 60;
        vm.warp(_now);
    }

    function openSums(uint256 spoil) external act {
        Opening[] memory opened = _openings();
        bool spoilt = spoil % 4 == 0;
        bool may = _now >= CLOSES && _poll.resultHash() == 0 && _canOpen(opened);
        if (spoilt) opened[spoil / 4 % CLASSES].fenFor += 1 + spoil % 1_000;
        bool done = _try(abi.encodeCall(IPoll.openSums, (opened)));
        if (done && (spoilt || !may)) broken = 13;
        if (!done && !spoilt && may) broken = 12;
    }

    function attest(uint256 who, bool approve) external act {
        uint256 key = who % 7 == 5 ? STRANGER : who % 7 == 6 ? INSTITUTION : _official(who % 7);
        bytes memory signature = _sign(key, _digest(address(_poll), _attestationStruct(_poll.resultHash(), approve)));
        bool early = _poll.resultHash() == 0 || _now < _poll.challengeEndsAt();
        bool again = _poll.hasAttested(_signer(key));
        bool decided = attested[0] >= THRESHOLD || attested[1] >= THRESHOLD;
        bool may = !early && !again && !decided && who % 7 < 5 && !(approve && !_poll.passed());
        bool done = _try(abi.encodeCall(IPoll.attest, (_signer(key), approve, signature)));
        if (done != may) broken = 7;
        if (done) ++attested[approve ? 1 : 0];
    }

    /// Leaves of every kind, those that hold no claim more often; by their openings, or by others.
    function exclude(uint256 index, uint256 spoil) external act {
        index = index % 3 == 0 ? index / 3 % LENDERS : 8 + index % 4;
        (uint256 fen, uint256 blind) = (_fen(index), _blind(index));
        spoil %= 8;
        if (spoil == 0) fen = fen < type(uint256).max - Curve.N ? fen + Curve.N : fen - 1;
        if (spoil == 1) blind ^= 1;
        uint256 proofIndex = spoil == 2 ? (index + 1) % LENDERS : index;
        bool may = _now >= CLOSES && _poll.resultHash() == 0 && !out[index] && _fen(index) >= 1 << 63 && spoil > 2;
        bool done = _try(abi.encodeCall(IOpenPoll.excludeLeaf, (index, _leaf(index), _proof(proofIndex), fen, blind)));
        if (done != may && !(spoil == 2 && done)) broken = 15;
        if (!done) return;
        out[index] = true;
        frozenAtClose = stateHash(); // what it must be now, checkCounts() says
    }

    // --- garbage: nothing of it may be accepted

    function garbage(uint256 kind, uint256 index, uint256 word, bytes calldata data) external act {
        index %= LENDERS;
        kind %= 4;
        if (kind == 0) _replayOld(index);
        if (kind == 1) _spoilBallot(index, word % 7, word / 7);
        if (kind == 2) _spoilBatch(index, word, bytes1(uint8(word >> 8)));
        if (kind == 3) _sendNonsense(data);
    }

    function _replayOld(uint256 index) private {
        Entry memory entry = book[index];
        if (entry.sequence == 0) return;
        _mustFail(_ballot(index, entry.choice % 3 + 1, entry.sequence), index, index);
    }

    function _spoilBallot(uint256 index, uint256 kind, uint256 word) private {
        SignedBallot memory ballot = _ballot(index, 1, book[index].sequence + 1);
        if (kind == 0) ballot.index = index + (1 + word % type(uint64).max) * 256;
        if (kind == 1) ballot.choice = 2 + uint8(word % 250);
        if (kind == 2) ballot.sequence += 1 + uint8(word % 100);
        if (kind == 3) ballot.ballotKey = address(uint160(word));
        if (kind == 4) ballot.ballotSignature = CompactSignature(bytes32(word), bytes32(word));
        if (kind == 5) ballot.credentialSignature.r ^= bytes32(1 << word % 256);
        _mustFail(ballot, index, kind == 6 ? (index + 1) % LENDERS : index);
    }

    function _spoilBatch(uint256 index, uint256 place, bytes1 bits) private {
        uint256[] memory indexes = new uint256[](1);
        indexes[0] = index;
        (uint8[] memory choices, uint8[] memory sequences) = (new uint8[](1), new uint8[](1));
        (choices[0], sequences[0]) = (1, 1 + book[indexes[0]].sequence % 63);
        Batch memory batch = _batch(indexes, choices, sequences);
        if (bits == 0) bits = 0x01;
        batch.ballots[place % 65] ^= bits;
        bytes32 before = stateHash();
        bytes memory data = abi.encodeCall(IPoll.castBatch, (batch.credentials, batch.ballots, batch.leaves, batch.siblings));
        _try(data);
        if (stateHash() != before) broken = 10;
    }

    function _sendNonsense(bytes calldata data) private {
        bytes32 before = stateHash();
        _try(data);
        if (stateHash() != before) broken = 10;
    }

    // --- what the invariants read

    function poll() external view returns (IOpenPoll) {
        return _poll;
    }

    /// What a poll records of each lender.
    function recordsHash() public view returns (bytes32 hash) {
        for (uint256 i = 0; i < LENDERS; ++i) {
            (uint256 sequence, uint256 choice) = super._recorded(i);
            hash = keccak256(abi.encode(hash, sequence, choice));
        }
    }

    /// All that a poll records, counts and admits.
    function stateHash() public view returns (bytes32 hash) {
        hash = recordsHash();
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = _poll.heads(k);
            (uint256 heads, uint256 fen) = _poll.admitted(k);
            hash = keccak256(abi.encode(hash, for_, against, abstain, heads, fen));
            for (uint256 choice = 0; choice <= 3; ++choice) {
                (uint256 x, uint256 y) = _poll.sumOf(k, Choice(choice));
                hash = keccak256(abi.encode(hash, x, y));
            }
        }
    }

    function checkBook() external view {
        for (uint256 i = 0; i < LENDERS; ++i) {
            (uint256 sequence, uint256 choice) = super._recorded(i);
            _equal(choice, book[i].choice, "choice");
            _equal(sequence, book[i].sequence, "sequence");
            _equal(replayed[i], sequence << 2 | choice, "events");
            _true(replayedOut[i] == out[i], "events of leaves taken out");
        }
    }

    /// Heads and fen that are admitted are those of the leaves that are left; each of them holds a claim once all others are out.
    function checkAdmitted() external view {
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 expected, uint256 sum) = (0, 0);
            for (uint256 i = k; i < LENDERS; i += CLASSES) {
                if (!out[i]) (expected, sum) = (expected + 1, addmod(sum, _fen(i), Curve.N));
                _true(!out[i] || _fen(i) >= 1 << 63, "a claim was taken out");
            }
            (uint256 heads, uint256 fen) = _poll.admitted(k);
            _equal(heads, expected, "admitted heads");
            _equal(fen, sum, "admitted fen");
        }
    }

    function checkCounts() external view {
        _countsFromLeaves();
    }

    function termsHash() external view returns (bytes32) {
        bytes memory fixed_ = abi.encode(
            _poll.parameters(), _poll.parametersHash(), _poll.registerRoot(), _poll.leafCount(), _poll.depth(), _poll.classes(), _poll.planHash()
        );
        return keccak256(abi.encode(fixed_, _poll.planSubmitter(), _case.officials(), _case.threshold(), _case.poll(0)));
    }

    function openings() external view returns (Opening[] memory) {
        return _openings();
    }

    function leafFen(uint256 index) external pure returns (uint256 fen, uint256 votingClass) {
        return (_fen(index), _classOf(index));
    }

    function _recorded(uint256 index) internal view override returns (uint256 sequence, uint256 choice) {
        return (book[index].sequence, book[index].choice);
    }

    /// Whether the right openings are in their ranges: what a leaf that holds no claim can prevent while it is in.
    function _canOpen(Opening[] memory opened) private view returns (bool) {
        for (uint256 k = 0; k < CLASSES; ++k) {
            (, uint256 admitted) = _poll.admitted(k);
            (uint256 a, uint256 b, uint256 c) = (opened[k].fenFor, opened[k].fenAgainst, opened[k].fenAbstain);
            if (admitted >= 1 << 88 || a >= 1 << 88 || b >= 1 << 88 || c >= 1 << 88 || a + b + c > admitted) return false;
        }
        return true;
    }

    function _isOpen() private view returns (bool) {
        return _now >= OPENS && _now < CLOSES;
    }

    function _note(uint256 index, uint8 choice, uint8 sequence) private {
        book[index] = Entry(choice, sequence);
        ++accepted;
    }

    function _mustFail(SignedBallot memory ballot, uint256 leafIndex, uint256 proofIndex) private {
        if (_try(abi.encodeCall(IOpenPoll.cast, (ballot, _leaf(leafIndex), _proof(proofIndex))))) broken = 10;
    }

    function _try(bytes memory data) private returns (bool done) {
        vm.recordLogs();
        (done,) = address(_poll).call(data);
        Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IPoll.BallotsRecorded.selector) _replay(abi.decode(logs[i].data, (bytes)));
            if (logs[i].topics[0] == IOpenPoll.LeafExcluded.selector) replayedOut[uint256(logs[i].topics[1])] = true;
        }
    }

    function _replay(bytes memory recorded) private {
        for (uint256 from = 0; from < recorded.length; from += 5) {
            uint256 index = uint256(uint8(recorded[from + 2])) << 8 | uint8(recorded[from + 3]); // 12 lenders
            if (recorded[from] != 0 || recorded[from + 1] != 0) broken = 9;
            replayed[index] = uint8(recorded[from + 4]);
        }
    }
}
