// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Proof} from "./Proof.sol";

/// From the close to the decision, for every time, signer and signature.
contract OutcomeProof is Proof {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function setUp() public {
        _announce();
    }

    /// H: an attestation is accepted only after the sums were opened and the challenge is over, from an official, who is never the
    /// submitter; an approval only of a plan that passed; and it adds one to its side and nothing to the other.
    function check_attestation(uint64 time, address who, bool approve, bool passed, uint64 endsAt, bytes32 result, bytes32 r) public {
        _setResult(result, passed, endsAt);
        vm.warp(time);
        if (!_attest(who, approve, r)) return;
        assert(result != 0 && time >= endsAt);
        assert(who == _case.official(0) || who == _case.official(1) || who == _case.official(2));
        assert(!approve || passed);
        assert(_poll.approvals() == (approve ? 1 : 0) && _poll.refusals() == (approve ? 0 : 1));
    }

    function twin_attestation(uint64 time, address who, bool approve, bool passed, uint64 endsAt, bytes32 result, bytes32 r) public {
        _setResult(result, passed, endsAt);
        vm.warp(time);
        if (!_attest(who, approve, r)) return;
        assert(approve);
    }

    /// I: approved means two distinct officials, neither of them the submitter, after the challenge.
    function check_approvalNeedsTwo(uint64 time, address first, address second, bytes32 r1, bytes32 r2) public {
        _setResult(bytes32(uint256(1)), true, CLOSES + 500);
        vm.warp(time);
        _attest(first, true, r1);
        assert(uint256(_poll.stage()) != uint256(IOpenPoll.Stage.Approved));
        _attest(second, true, r2);
        if (_poll.stage() != IOpenPoll.Stage.Approved) return;
        assert(first != second && time >= CLOSES + 500);
        assert(first != _case.official(3) && second != _case.official(3));
    }

    function twin_approvalNeedsTwo(uint64 time, address first, address second, bytes32 r1, bytes32 r2) public {
        _setResult(bytes32(uint256(1)), true, CLOSES + 500);
        vm.warp(time);
        _attest(first, true, r1);
        _attest(second, true, r2);
        assert(_poll.stage() != IOpenPoll.Stage.Approved);
    }

    /// J: the stage never goes back as time passes.
    function check_stageMovesForward(uint64 earlier, uint64 later, bytes32 result) public {
        vm.assume(earlier <= later);
        _setResult(result, true, 0);
        vm.warp(earlier);
        IOpenPoll.Stage before = _poll.stage();
        vm.warp(later);
        assert(uint256(_poll.stage()) >= uint256(before));
    }

    function twin_stageMovesForward(uint64 earlier, uint64 later, bytes32 result) public {
        vm.assume(earlier <= later);
        _setResult(result, true, 0);
        vm.warp(earlier);
        IOpenPoll.Stage before = _poll.stage();
        vm.warp(later);
        assert(uint256(_poll.stage()) > uint256(before));
    }

    /// K: the sums are opened after the close and once.
    function check_sumsOpenAfterTheCloseOnce(uint64 time, bytes32 result, Opening memory a, Opening memory b) public {
        vm.assume(time < CLOSES || result != 0);
        _setResult(result, true, 0);
        vm.warp(time);
        Opening[] memory openings = new Opening[](2);
        (openings[0], openings[1]) = (a, b);
        assert(!_try(abi.encodeCall(IPoll.openSums, (openings))));
    }

    function twin_sumsOpenAfterTheCloseOnce(uint64 time) public {
        vm.warp(time);
        assert(!_try(abi.encodeCall(IPoll.openSums, (new Opening[](2)))));
    }

    /// L: while nothing was counted, the sums open to nothing but zero.
    function check_emptySumsOpenToZeroOnly(uint256 fen, uint256 blind) public {
        vm.warp(CLOSES);
        Opening[] memory openings = new Opening[](2);
        (openings[1].fenFor, openings[1].blindFor) = (fen, blind);
        assert(_try(abi.encodeCall(IPoll.openSums, (openings))) == (fen == 0 && blind == 0));
    }

    function twin_emptySumsOpenToZeroOnly(uint256 fen, uint256 blind) public {
        vm.warp(CLOSES);
        Opening[] memory openings = new Opening[](2);
        (openings[1].fenFor, openings[1].blindFor) = (fen, blind);
        assert(!_try(abi.encodeCall(IPoll.openSums, (openings))));
    }

    /// Q: no leaf is taken out before the close, or once the sums were opened.
    function check_noExclusionOutsideItsTime(uint64 time, bytes32 result, uint256 index, Leaf memory leaf, uint256 fen, uint256 blind) public {
        vm.assume(time < CLOSES || result != 0);
        _setResult(result, true, 0);
        vm.warp(time);
        assert(!_exclude(index, leaf, fen, blind));
    }

    function twin_noExclusionOutsideItsTime(uint64 time) public {
        vm.warp(time);
        assert(_poll.stage() != IOpenPoll.Stage.Closed);
    }

    /// R: no leaf is taken out by an amount that is a claim, or by one that is not reduced modulo the order.
    function check_noClaimIsExcluded(uint256 x, uint256 y, uint256 fen, uint256 blind) public view {
        vm.assume(fen < 1 << 63 || fen >= ORDER);
        assert(!_poll.holdsNoClaim(x, y, fen, blind));
    }

    function twin_noClaimIsExcluded(uint256 x, uint256 y, uint256 fen, uint256 blind) public view {
        vm.assume(fen <= 1 << 63 || fen >= ORDER);
        assert(!_poll.holdsNoClaim(x, y, fen, blind));
    }

    function _exclude(uint256 index, Leaf memory leaf, uint256 fen, uint256 blind) private returns (bool) {
        return _try(abi.encodeCall(IOpenPoll.excludeLeaf, (index, leaf, new bytes32[](10), fen, blind)));
    }

    /// Whatever ecrecover makes of the signature is left open to the prover.
    function _attest(address who, bool approve, bytes32 r) private returns (bool) {
        bytes memory signature = abi.encodePacked(r, bytes32(uint256(9)), uint8(27));
        return _try(abi.encodeCall(IPoll.attest, (abi.encodePacked(who), approve, signature)));
    }
}
