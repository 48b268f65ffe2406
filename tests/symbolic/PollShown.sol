// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {Poll} from "../../contracts/Poll.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../../contracts/types/Rule.sol";

/// The poll with its inner steps callable, so that a proof can start from any record.
contract PollShown is Poll {
    constructor(ICase case_, PollParameters memory terms) Poll(case_, 0, abi.encode(terms)) {}

    /// As cast() records, or as castBatch() does.
    function record(uint256 index, uint256 choice, uint256 sequence, bool alone) external {
        if (alone) {
            (,, uint256 word) = _recordedAlone(index);
            return _recordAlone(index, word, choice, sequence);
        }
        Records memory records = _startRecords();
        _recorded(records, index);
        _record(records, index, choice, sequence);
        _keepRecords(records);
    }

    /// As cast() counts, or as castBatch() does.
    function count(uint256 votingClass, uint256 former, uint256 choice, uint256 x, uint256 y, bool alone) external {
        if (alone) return _countAlone(votingClass, former, choice, x, y);
        Counter memory counter = _startCounter(_CLASS_COUNT);
        _count(counter, votingClass, former, choice, x, y);
        _settle(counter);
    }

    /// What excludeLeaf() asks of an opening.
    function holdsNoClaim(uint256 x, uint256 y, uint256 fen, uint256 blind) external pure returns (bool) {
        return _holdsNoClaim(x, y, fen, blind);
    }

    /// As excludeLeaf() takes a ballot off.
    function uncount(uint256 votingClass, uint256 choice, uint256 x, uint256 y) external {
        _uncountAlone(votingClass, choice, x, y);
    }
}

/// A case with three officials of whom two decide; a fourth signer submitted the plan.
contract CaseStub {
    bytes32 public constant ROOT = keccak256("root");
    bytes32 public constant PLAN_HASH = keccak256("plan");

    function register(uint256) external pure returns (bytes32, uint256, uint256, ClassTotals[] memory classes) {
        classes = new ClassTotals[](2);
        (classes[0], classes[1]) = (ClassTotals(500, 1 << 40, 1), ClassTotals(500, 1 << 40, 2));
        return (ROOT, 1000, 10, classes);
    }

    function plan(uint256) external pure returns (bytes32, bytes memory, bool) {
        return (PLAN_HASH, abi.encodePacked(official(3)), true);
    }

    function thresholdOfPoll(uint256) external pure returns (uint256) {
        return 2;
    }

    function isOfficialOfPoll(uint256, bytes calldata signer) external pure returns (bool) {
        for (uint256 i = 0; i < 3; ++i) {
            if (keccak256(signer) == keccak256(abi.encodePacked(official(i)))) return true;
        }
        return false;
    }

    function official(uint256 i) public pure returns (address) {
        return address(uint160(0x0ff1c1a1 + i));
    }

    function terms(uint64 opensAt) external pure returns (PollParameters memory found) {
        found.conditions = new Condition[](1);
        found.conditions[0] = Condition(Measure.Heads, Numerator.For, Denominator.TakingPart, 1, 2, true);
        (found.opensAt, found.closesAt, found.challengeSeconds) = (opensAt, opensAt + 1_000, 500);
        found.verifiers = new address[](1);
        found.verifiers[0] = address(0x7e51);
        found.receiptSigner = address(0x4e1a7);
    }
}
