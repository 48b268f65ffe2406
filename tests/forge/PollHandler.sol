// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Choice, CompactSignature, SignedBallot} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Log} from "./Cheats.sol";
import {Town} from "./Town.sol";

/// Acts on a poll at random: honest ballots alone and in batches, revotes, garbage, time, openings, attestations. It keeps its own book
/// of what must have happened; the invariants compare.
contract PollHandler is Town {
    struct Entry {
        uint8 choice;
        uint8 sequence;
    }

    mapping(uint256 index => Entry) public book;
    mapping(uint256 index => uint256 mark) public replayed; // from events alone
    uint256[2] public attested; // refusals, approvals, by the book
    uint256 public broken; // a rule that did not hold, by number
    uint256 public accepted;
    bytes32 public frozenAtClose;
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
        if (_now >= CLOSES && frozenAtClose == 0) frozenAtClose = stateHash();
    }

    // --- honest acts

    function castOne(uint256 index, uint8 choice, uint8 step) external act {
        index %= LENDERS;
        (choice, step) = (1 + choice % 3, 1 + step % 4);
        uint8 sequence = book[index].sequence + step;
        if (sequence > 63) return;
        SignedBallot memory ballot = _ballot(index, choice, sequence);
        bool done = _try(abi.encodeCall(IPoll.cast, (ballot, _leaf(index), _proof(index))));
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

    function passTime(uint256 seconds_) external {
        _now += seconds_ % 3 == 0 ? seconds_ % 4_000 : seconds_ % 60;
        this.look();
    }

    function look() external act {}

    function openSums(uint256 spoil) external act {
        Opening[] memory opened = _openings();
        bool spoilt = spoil % 4 == 0;
        if (spoilt) opened[spoil / 4 % CLASSES].fenFor += 1 + spoil % 1_000;
        bool may = _now >= CLOSES && _poll.resultHash() == 0;
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

    // --- garbage: nothing of it may be accepted

    function replay(uint256 index) external act {
        index %= LENDERS;
        Entry memory entry = book[index];
        if (entry.sequence == 0) return;
        _mustFail(_ballot(index, entry.choice % 3 + 1, entry.sequence), index, index);
    }

    function spoilBallot(uint256 index, uint256 kind, uint256 word) external act {
        index %= LENDERS;
        SignedBallot memory ballot = _ballot(index, 1, book[index].sequence + 1);
        kind %= 7;
        if (kind == 0) ballot.index = index + (1 + word % type(uint64).max) * 256;
        if (kind == 1) ballot.choice = 2 + uint8(word % 250);
        if (kind == 2) ballot.sequence += 1 + uint8(word % 100);
        if (kind == 3) ballot.ballotKey = address(uint160(word));
        if (kind == 4) ballot.ballotSignature = CompactSignature(bytes32(word), bytes32(word));
        if (kind == 5) ballot.credentialSignature.r ^= bytes32(1 << word % 256);
        _mustFail(ballot, index, kind == 6 ? (index + 1) % LENDERS : index);
    }

    function spoilBatch(uint256 index, uint256 place, bytes1 bits) external act {
        uint256[] memory indexes = new uint256[](1);
        indexes[0] = index % LENDERS;
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

    function sendNonsense(bytes calldata data) external act {
        bytes32 before = stateHash();
        _try(data);
        if (stateHash() != before) broken = 10;
    }

    // --- what the invariants read

    function poll() external view returns (IPoll) {
        return _poll;
    }

    /// All that a poll records and counts.
    function stateHash() public view returns (bytes32 hash) {
        for (uint256 i = 0; i < LENDERS; ++i) {
            (uint256 sequence, uint256 choice) = super._recorded(i);
            hash = keccak256(abi.encode(hash, sequence, choice));
        }
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = _poll.heads(k);
            hash = keccak256(abi.encode(hash, for_, against, abstain));
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

    function _isOpen() private view returns (bool) {
        return _now >= OPENS && _now < CLOSES;
    }

    function _note(uint256 index, uint8 choice, uint8 sequence) private {
        book[index] = Entry(choice, sequence);
        ++accepted;
    }

    function _mustFail(SignedBallot memory ballot, uint256 leafIndex, uint256 proofIndex) private {
        if (_try(abi.encodeCall(IPoll.cast, (ballot, _leaf(leafIndex), _proof(proofIndex))))) broken = 10;
    }

    function _try(bytes memory data) private returns (bool done) {
        vm.recordLogs();
        (done,) = address(_poll).call(data);
        Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IPoll.BallotsRecorded.selector) _replay(abi.decode(logs[i].data, (bytes)));
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
