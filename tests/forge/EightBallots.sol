// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice} from "../../contracts/types/Ballot.sol";
import {Curve} from "./Curve.sol";
import {SealedTown} from "./SealedTown.sol";

/// A sealed vote of one motion, and what its count has to come to.
abstract contract EightBallots is SealedTown {
    /// Eight ballots: three that count, one replaced, changes, and two that are invalid.
    function _vote() internal {
        _castPlain(0, 1, 1);
        _castPlain(1, 1, 2);
        _castPlain(2, 1, 1);
        _castPlain(3, 1, 3);
        _castPlain(5, 63, 3);
        _castPlain(0, 2, 2);
        _castPlain(6, 1, 0);
        _castSealed(Sealed(7, 4, 5, 77));
    }

    function _isCounted() internal view {
        _true(_sealed.box() == 0 && _sealed.stage() == ISealedPoll.Stage.Counted, "counted");
        _heads(0, 1, 1, 0);
        _heads(1, 0, 1, 2);
        _true(_sealed.invalid(0) == 1 && _sealed.invalid(1) == 1, "invalid");
        _sumIs(0, 1, _points[2]);
        _sumIs(0, 2, _points[0]);
        _sumIs(0, 3, Point(0, 0));
        _sumIs(1, 1, Point(0, 0));
        _sumIs(1, 2, _points[1]);
        _sumIs(1, 3, Curve.plus(_points[3], _points[5]));
    }

    function _heads(uint256 votingClass, uint256 a, uint256 b, uint256 c) internal view {
        (uint256 for_, uint256 against, uint256 abstain) = _sealed.heads(0, votingClass);
        _true(for_ == a && against == b && abstain == c, "heads");
    }

    function _sumIs(uint256 votingClass, uint256 choice, Point memory sum) internal view {
        (uint256 x, uint256 y) = _sealed.sumOf(0, votingClass, Choice(choice));
        _true(x == sum.x && y == sum.y, "sum");
    }

    function _row(uint256 index, uint256 sequence, uint256 choice) internal pure returns (bytes memory) {
        return abi.encodePacked(uint32(index), uint8(sequence << 2 | choice));
    }

    function _refuseCount(bytes32 before, bytes memory ballots, bytes memory reason) internal {
        _reverts(reason);
        _sealed.count(before, ballots);
    }
}
