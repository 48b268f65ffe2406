// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {SealConfirmation, SealedParameters, SealKey} from "../../contracts/types/Seal.sol";
import {SuccessionTown} from "./SuccessionTown.sol";

/// What a succession changes, and what it leaves as it was (protocol, sections 24.1 and 24.3).
contract SucceededPollsTest is SuccessionTown {
    /// Two of the first five stay, a third is new; two of these three decide.
    uint256 private constant NEWCOMER = 0x2d0000;
    uint256 private constant LIQUIDATOR = 0x2d1157;

    function setUp() public {
        _buildTown();
    }

    // --- what was signed before

    /// Neither those who left, nor those who stay by what they signed before, nor strangers to the salt.
    function test_registersFollow() public {
        bytes32 structHash = _freezeStruct(1, _root(), LENDERS, _totals);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_staying(), 2, 0, structHash);
        bytes32 salt = _succeedFirst(_staying());
        _refuseFreeze(signers, signatures, _wrong(signers[0]));
        (signers, signatures) = _signedBy(_first(), 3, salt, structHash);
        _refuseFreeze(signers, signatures, abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, signers[2]));
        (signers, signatures) = _signedBy(_staying(), 2, _firstHash(), structHash);
        _refuseFreeze(signers, signatures, _wrong(signers[0]));
        (signers, signatures) = _signedBy(_staying(), 1, salt, structHash);
        _refuseFreeze(signers, signatures, abi.encodeWithSelector(ICase.Officials_TooFewSigners.selector, 1, 2));
        (signers, signatures) = _signedBy(_staying(), 3, salt, structHash);
        _equal(_case.freezeRegister(_root(), LENDERS, _totals, NAMES_HASH, PROOFS_HASH, signers, signatures), 1, "register");
    }

    function test_plansFollow() public {
        bytes memory before = _sign(INSTITUTION, _digest(address(_case), _submissionStruct(1, PLAN_HASH)));
        bytes32 salt = _succeedFirst(_staying());
        _refusePlan(before);
        _refusePlan(_sign(INSTITUTION, _saltedDigest(salt, _submissionStruct(1, PLAN_HASH))));
        _refusePlan(_sign(LIQUIDATOR, _saltedDigest(0, _submissionStruct(1, PLAN_HASH))));
        _case.submitPlan(PLAN_HASH, _sign(LIQUIDATOR, _saltedDigest(salt, _submissionStruct(1, PLAN_HASH))));
        (, bytes memory submitter,) = _case.plan(0);
        _true(keccak256(submitter) == keccak256(_signer(INSTITUTION)), "submitter of before");
        (, submitter,) = _case.plan(1);
        _true(keccak256(submitter) == keccak256(_signer(LIQUIDATOR)), "submitter of now");
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_staying(), 2, 0, _admissionStruct(1, PLAN_HASH));
        _reverts(_wrong(signers[0]));
        _case.admitPlan(1, signers, signatures);
        (signers, signatures) = _signedBy(_staying(), 2, salt, _admissionStruct(1, PLAN_HASH));
        _case.admitPlan(1, signers, signatures);
    }

    function test_trusteesFollow() public {
        bytes32 kind = keccak256("TrusteeAppointment(uint256 appointmentNumber,bytes32 trusteesHash)");
        bytes32 structHash = keccak256(abi.encode(kind, 1, keccak256(abi.encode(_trustees()))));
        bytes32 salt = _succeedFirst(_staying());
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_staying(), 2, 0, structHash);
        bytes[] memory named = _trustees();
        _reverts(_wrong(signers[0]));
        _case.appointTrustees(named, signers, signatures);
        (signers, signatures) = _signedBy(_staying(), 2, salt, structHash);
        _case.appointTrustees(named, signers, signatures);
        _equal(_case.appointmentCount(), 1, "appointed");
    }

    /// Signed before for a number that comes up after: neither a poll nor another succession.
    function test_announcementsFollow() public {
        bytes32 salt = _succeedFirst(_staying());
        _announceBy(_staying(), 0, _terms(), _wrong(_signer(_official(0))));
        IOpenPoll next = _announceBy(_staying(), salt, _terms(), "");
        _true(_case.generationOfPoll(1) == 1 && _case.thresholdOfPoll(1) == 2 && next.pollNumber() == 1, "poll");
        _nameNext(_staying(), salt, 0, 2, _third(), _wrong(_signer(_official(0))));
        _nameNext(_staying(), salt, salt, 2, _third(), "");
        _withdraw(_staying(), 0, 2, _wrong(_signer(_official(0))));
        _withdraw(_staying(), salt, 2, "");
    }

    // --- polls keep those who announced them

    function test_theFirstPollIsTheFirstGenerations() public {
        bytes memory terms = abi.encode(_poll.planSubmitter(), _case.poll(0));
        _succeedFirst(_second());
        _isPollOf(0, 0, _first(), _second());
        _true(keccak256(abi.encode(_poll.planSubmitter(), _case.poll(0))) == keccak256(terms), "submitter");
        _tally();
        bytes memory unknown = abi.encodeWithSelector(IPoll.Approval_NotAnOfficial.selector, _signer(0x2d0000));
        _attest(0x2d0000, false, unknown);
        for (uint256 i = 0; i < 3; ++i) {
            _true(_poll.stage() == IOpenPoll.Stage.Tallied, "three decide");
            _attest(_official(i), false, "");
        }
        _true(_poll.stage() == IOpenPoll.Stage.Refused, "decided");
        _attest(_official(3), false, abi.encodeWithSelector(IPoll.Approval_AlreadyDecided.selector));
    }

    /// A succession between two attestations changes neither who may attest nor how many it takes.
    function test_inTheMidstOfADecision() public {
        _tally();
        _attest(_official(0), false, "");
        _succeedFirst(_staying());
        _attest(NEWCOMER, false, abi.encodeWithSelector(IPoll.Approval_NotAnOfficial.selector, _signer(NEWCOMER)));
        _attest(_official(1), false, "");
        _true(_poll.stage() == IOpenPoll.Stage.Tallied, "three, not two");
        _attest(_official(4), false, "");
        _true(_poll.stage() == IOpenPoll.Stage.Refused, "decided");
    }

    /// Whoever waits to come into office has no part in a poll that is announced meanwhile.
    function test_announcedWhileASuccessionWaits() public {
        _nameNext(_first(), _firstHash(), 0, 1, _staying(), "");
        _announce(_terms());
        _complete();
        _isPollOf(1, 0, _first(), _second());
    }

    function test_eachPollItsOwn() public {
        bytes32 second = _succeedFirst(_second());
        _poll = _announceBy(_second(), second, _terms(), "");
        _nameNext(_second(), second, second, 2, _third(), "");
        _complete();
        bytes32 third = _hashAfter(second, _third());
        _announceBy(_third(), third, _terms(), "");
        _isPollOf(0, 0, _first(), _third());
        _isPollOf(1, 1, _second(), _first());
        _isPollOf(2, 2, _third(), _second());
        _tally();
        _attest(0x3d0000, false, abi.encodeWithSelector(IPoll.Approval_NotAnOfficial.selector, _signer(0x3d0000)));
        for (uint256 i = 0; i < 3; ++i) {
            _attest(0x2d0000 + i, false, "");
        }
        _true(_poll.stage() == IOpenPoll.Stage.Refused, "by the second generation");
    }

    function test_ofNoPoll() public {
        bytes memory reason = _reason(ICase.Poll_NotAnnounced.selector, 1);
        _reverts(reason);
        _case.generationOfPoll(1);
        _reverts(reason);
        _case.thresholdOfPoll(1);
        bytes memory signer = _signer(_official(0));
        _reverts(reason);
        _case.isOfficialOfPoll(1, signer);
    }

    /// Relay and verifiers are nobody who is or was in office; whoever is only named may still be one.
    function test_formerPeopleAreNoOutsiders() public {
        PollParameters memory terms = _terms();
        terms.receiptSigner = vm.addr(LIQUIDATOR);
        _nameNext(_first(), _firstHash(), 0, 1, _staying(), "");
        _announce(terms);
        _complete();
        bytes32 salt = _hashAfter(_firstHash(), _staying());
        uint256[5] memory taken = [_official(0), _official(4), INSTITUTION, NEWCOMER, LIQUIDATOR];
        for (uint256 i = 0; i < taken.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(ICase.Poll_RoleHeldTwice.selector, vm.addr(taken[i]));
            terms = _terms();
            terms.receiptSigner = vm.addr(taken[i]);
            _announceBy(_staying(), salt, terms, reason);
            terms = _terms();
            terms.verifiers[1] = vm.addr(taken[i]);
            _announceBy(_staying(), salt, terms, reason);
        }
    }

    // --- sealed polls

    /// What trustees and share keys confirm has no salt; who gives a poll up is its own generation.
    function test_sealedPolls() public {
        SealedParameters memory terms = _sealedTerms(1);
        ISealedPoll old = _announceSealed(terms, _keyOf(SECRET, "roll"));
        bytes32 salt = _succeedFirst(_second());
        SealKey memory key = _keyOf(SECRET + 1, "another roll");
        SealConfirmation[] memory confirmations = _confirmationsOf(SECRET + 1, key);
        bytes32 structHash = _sealedStruct(2, terms, key);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_second(), 3, 0, structHash);
        bytes memory code = _sealedCode();
        _reverts(_wrong(signers[0]));
        _case.announceSealedPoll(code, terms, key, confirmations, signers, signatures);
        (signers, signatures) = _signedBy(_second(), 3, salt, structHash);
        _case.announceSealedPoll(code, terms, key, confirmations, signers, signatures);
        _isPollOf(1, 0, _first(), _second());
        _isPollOf(2, 1, _second(), _first());
        vm.warp(CLOSES + ABANDON_AFTER);
        bytes memory unknown = abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, _signer(0x2d0000));
        _giveUp(1, _second(), 3, salt, unknown);
        _giveUp(1, _first(), 3, salt, _wrong(_signer(_official(0))));
        _giveUp(1, _first(), 2, 0, abi.encodeWithSelector(ICase.Officials_TooFewSigners.selector, 2, 3));
        _giveUp(1, _first(), 3, 0, "");
        _true(old.stage() == ISealedPoll.Stage.Abandoned, "given up by its own");
        _giveUp(2, _second(), 3, 0, _wrong(_signer(0x2d0000)));
        _giveUp(2, _second(), 3, salt, "");
    }

    // --- in short

    function _staying() private pure returns (Named memory) {
        uint256[] memory officials = new uint256[](3);
        (officials[0], officials[1], officials[2]) = (_official(0), _official(1), NEWCOMER);
        return _named(officials, 2, LIQUIDATOR);
    }

    function _wrong(bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signer);
    }

    function _refuseFreeze(bytes[] memory signers, bytes[] memory signatures, bytes memory reason) private {
        bytes32 root = _root();
        _reverts(reason);
        _case.freezeRegister(root, LENDERS, _totals, NAMES_HASH, PROOFS_HASH, signers, signatures);
    }

    function _refusePlan(bytes memory signature) private {
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSignedByInstitution.selector));
        _case.submitPlan(PLAN_HASH, signature);
    }

    /// Nobody votes.
    function _tally() private {
        vm.warp(CLOSES);
        _poll.openSums(_openings());
        vm.warp(_poll.challengeEndsAt());
    }

    function _isPollOf(uint256 number, uint256 generation, Named memory named, Named memory others) private view {
        _equal(_case.generationOfPoll(number), generation, "generation of a poll");
        _equal(_case.thresholdOfPoll(number), named.threshold, "threshold of a poll");
        for (uint256 i = 0; i < named.officials.length; ++i) {
            _true(_case.isOfficialOfPoll(number, _signer(named.officials[i])), "decides on it");
        }
        for (uint256 i = 0; i < others.officials.length; ++i) {
            _true(!_case.isOfficialOfPoll(number, _signer(others.officials[i])), "has no say in it");
        }
        _true(!_case.isOfficialOfPoll(number, _signer(named.institution)), "the institution has no say");
    }

    function _giveUp(uint256 number, Named memory named, uint256 count, bytes32 salt, bytes memory reason) private {
        bytes32 kind = keccak256("PollAbandonment(uint256 pollNumber,bytes32 reasonHash)");
        bytes32 structHash = keccak256(abi.encode(kind, number, WHY));
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(named, count, salt, structHash);
        if (reason.length != 0) _reverts(reason);
        _case.abandonPoll(number, WHY, signers, signatures);
    }
}
