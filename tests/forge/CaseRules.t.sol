// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Log} from "./Cheats.sol";
import {Town} from "./Town.sol";

/// Each rule of the case contract, kept and broken; AnnouncementRules.t.sol has those of a poll's announcement.
contract CaseRulesTest is Town {
    function setUp() public {
        _buildTown();
    }

    // --- officials

    function test_openedWithTheseOfficials() public {
        vm.recordLogs();
        ICase opened = _open(THRESHOLD, _signer(INSTITUTION));
        Log memory log = _onlyLog(address(opened), ICase.CaseOpened.selector);
        bytes memory told = abi.encode(_officials(), THRESHOLD, _signer(INSTITUTION), true);
        _true(keccak256(log.data) == keccak256(told), "event");
        _true(keccak256(abi.encode(opened.officials())) == keccak256(abi.encode(_officials())), "officials");
        _equal(opened.threshold(), THRESHOLD, "threshold");
        _true(keccak256(opened.institution()) == keccak256(_signer(INSTITUTION)), "institution");
        for (uint256 i = 0; i < OFFICIALS; ++i) {
            _true(opened.isOfficial(_signer(_official(i))), "an official");
        }
        _true(!opened.isOfficial(_signer(STRANGER)) && !opened.isOfficial(""), "a stranger");
        _true(opened.registerCount() == 0 && opened.planCount() == 0 && opened.pollCount() == 0, "empty");
    }

    function test_markIsKept() public {
        _true(_case.rehearsal(), "a rehearsal");
        _rehearsal = false;
        vm.recordLogs();
        ICase opened = _open(THRESHOLD, _signer(INSTITUTION));
        Log memory log = _onlyLog(address(opened), ICase.CaseOpened.selector);
        bytes memory told = abi.encode(_officials(), THRESHOLD, _signer(INSTITUTION), false);
        _true(keccak256(log.data) == keccak256(told) && !opened.rehearsal(), "no rehearsal");
    }

    function test_openingRefused() public {
        _refuseOpening(new bytes[](0), 1, _signer(INSTITUTION), abi.encodeWithSelector(ICase.Case_NoOfficials.selector));
        _refuseOpening(
            _many(33), 17, _signer(INSTITUTION), abi.encodeWithSelector(ICase.Case_TooManyOfficials.selector, 33)
        );
        bytes[] memory twice = _many(3);
        twice[2] = twice[0];
        _refuseOpening(
            twice, 2, _signer(INSTITUTION), abi.encodeWithSelector(ICase.Case_OfficialTwice.selector, twice[0])
        );
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory reason = abi.encodeWithSelector(ICase.Case_InstitutionIsOfficial.selector, _signer(_official(i)));
            _refuseOpening(_many(3), 2, _signer(_official(i)), reason);
        }
    }

    function test_thresholdIsAMajority() public {
        for (uint256 count = 1; count <= 6; ++count) {
            for (uint256 threshold = 0; threshold <= count + 1; ++threshold) {
                if (threshold > count || threshold * 2 <= count) {
                    bytes memory reason =
                        abi.encodeWithSelector(ICase.Case_ThresholdNotMajority.selector, threshold, count);
                    _refuseOpening(_many(count), threshold, _signer(INSTITUTION), reason);
                } else {
                    _equal(_openWith(_many(count), threshold, _signer(INSTITUTION)).threshold(), threshold, "threshold");
                }
            }
        }
        _equal(_openWith(_many(32), 32, _signer(INSTITUTION)).officials().length, 32, "32 officials");
    }

    function test_onlyDistinctOfficialsWhoSigned() public {
        bytes32 structHash = _freezeStruct(1, _root(), LENDERS, _totals);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);

        bytes[] memory fewer = new bytes[](2);
        _refuseFreeze(
            signers, fewer, abi.encodeWithSelector(ICase.Officials_LengthsDiffer.selector, THRESHOLD, 2)
        );
        (bytes[] memory two, bytes[] memory twoSignatures) = _signedByOfficials(_case, structHash, 2);
        _refuseFreeze(two, twoSignatures, abi.encodeWithSelector(ICase.Officials_TooFewSigners.selector, 2, THRESHOLD));

        bytes memory kept = signers[2];
        signers[2] = signers[0];
        _refuseFreeze(
            signers, signatures, abi.encodeWithSelector(ICase.Officials_SignedTwice.selector, signers[0])
        );
        signers[2] = _signer(STRANGER);
        signatures[2] = _sign(STRANGER, _digest(address(_case), structHash));
        _refuseFreeze(
            signers, signatures, abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, signers[2])
        );
        signers[2] = kept;
        _refuseFreeze(signers, signatures, abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, kept));
        signatures[2] = _sign(_official(2), _digest(address(_case), structHash));
        signatures[0] = _sign(_official(0), _digest(address(this), structHash));
        _refuseFreeze(signers, signatures, abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]));
    }

    function test_allOfficialsInAnyOrder() public {
        bytes32 structHash = _freezeStruct(1, _root(), LENDERS, _totals);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, OFFICIALS);
        (signers[0], signers[4]) = (signers[4], signers[0]);
        (signatures[0], signatures[4]) = (signatures[4], signatures[0]);
        _case.freezeRegister(_root(), LENDERS, _totals, NAMES_HASH, PROOFS_HASH, signers, signatures);
        _equal(_case.registerCount(), 2, "registers");
    }

    function test_onlyPlainAccountsAct() public {
        vm.stopPrank();
        vm.startPrank(SENDER, address(0xabc));
        _reverts(abi.encodeWithSelector(ICase.Case_CalledThroughContract.selector));
        _case.submitPlan(PLAN_HASH, "");
    }

    // --- registers

    function test_registerReadsBack() public {
        (bytes32 root, uint256 leafCount, uint256 depth, ClassTotals[] memory classes) = _case.register(0);
        _true(root == _root() && leafCount == LENDERS && depth == DEPTH, "register");
        _true(keccak256(abi.encode(classes)) == keccak256(abi.encode(_totals)), "classes");
        ClassTotals[] memory one = _class(1, 2, 3);
        bytes32 structHash = _freezeStruct(1, bytes32(uint256(5)), 1, one);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        vm.expectEmit(true, true, true, true, address(_case));
        emit ICase.RegisterFrozen(1, bytes32(uint256(5)), 1, one, NAMES_HASH, PROOFS_HASH);
        uint256 number = _case.freezeRegister(bytes32(uint256(5)), 1, one, NAMES_HASH, PROOFS_HASH, signers, signatures);
        _equal(number, 1, "number");
        _reverts(abi.encodeWithSelector(ICase.Register_NotFrozen.selector, 2));
        _case.register(2);
    }

    /// Each of the two hashes is signed for, in its place.
    function test_registerIsSignedWithNamesAndProofs() public {
        (bytes32 root, ClassTotals[] memory totals) = (_root(), _totals);
        bytes32 structHash = _freezeStruct(1, root, LENDERS, totals);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]);
        _reverts(reason);
        _case.freezeRegister(root, LENDERS, totals, PROOFS_HASH, NAMES_HASH, signers, signatures);
        _reverts(reason);
        _case.freezeRegister(root, LENDERS, totals, NAMES_HASH, 0, signers, signatures);
        _reverts(reason);
        _case.freezeRegister(root, LENDERS, totals, 0, PROOFS_HASH, signers, signatures);
        _case.freezeRegister(root, LENDERS, totals, NAMES_HASH, PROOFS_HASH, signers, signatures);
    }

    function test_depthFollowsLeafCount() public {
        uint256[8] memory counts = [uint256(1), 255, 256, 257, 512, 513, (1 << 24) - 1, 1 << 24];
        uint256[8] memory depths = [uint256(8), 8, 8, 9, 9, 10, 24, 24];
        for (uint256 i = 0; i < counts.length; ++i) {
            uint256 number = _freeze(bytes32(uint256(1)), counts[i], _class(counts[i], 1, 1));
            (,, uint256 depth,) = _case.register(number);
            _equal(depth, depths[i], "depth");
        }
    }

    function test_totalsMustBeRight() public {
        _refuseTotals(0, _class(1, 1, 1), abi.encodeWithSelector(ICase.Register_LeafCountOutOfRange.selector, 0));
        uint256 many = (1 << 24) + 1;
        _refuseTotals(many, _class(many, 1, 1), abi.encodeWithSelector(ICase.Register_LeafCountOutOfRange.selector, many));
        ClassTotals[] memory none = new ClassTotals[](0);
        _refuseTotals(1, none, abi.encodeWithSelector(ICase.Register_ClassCountOutOfRange.selector, 0));
        ClassTotals[] memory seventeen = _classes(17);
        _refuseTotals(17, seventeen, abi.encodeWithSelector(ICase.Register_ClassCountOutOfRange.selector, 17));
        ClassTotals[] memory empty = _classes(3);
        empty[1].heads = 0;
        _refuseTotals(2, empty, abi.encodeWithSelector(ICase.Register_ClassEmpty.selector, 1));
        _refuseTotals(5, _class(6, 1, 1), abi.encodeWithSelector(ICase.Register_HeadsDoNotAddUp.selector, 6, 5));
        _refuseTotals(5, _class(4, 1, 1), abi.encodeWithSelector(ICase.Register_HeadsDoNotAddUp.selector, 4, 5));
        ClassTotals[] memory over = _classes(3);
        over[0].heads = 3;
        _refuseTotals(3, over, abi.encodeWithSelector(ICase.Register_HeadsDoNotAddUp.selector, 5, 3));
        over[0].heads = type(uint256).max;
        bytes memory reason =
            abi.encodeWithSelector(ICase.Register_HeadsDoNotAddUp.selector, type(uint256).max, uint256(1));
        _refuseTotals(1, over, reason);
        ClassTotals[] memory rich = _classes(2);
        rich[1].amountFen = 1 << 63;
        _refuseTotals(2, rich, abi.encodeWithSelector(ICase.Register_AmountOutOfRange.selector, 1, 1 << 63));
        rich[1].amountFen = (1 << 63) - 1;
        _freeze(_root(), 2, rich);
        _freeze(_root(), 16, _classes(16));
    }

    // --- plans

    function test_planSubmittedAndAdmitted() public {
        bytes32 planHash = keccak256("another plan");
        bytes memory signature = _sign(INSTITUTION, _digest(address(_case), _submissionStruct(1, planHash)));
        vm.expectEmit(true, true, true, true, address(_case));
        emit ICase.PlanSubmitted(1, planHash, _signer(INSTITUTION));
        _equal(_case.submitPlan(planHash, signature), 1, "number");
        (bytes32 hash, bytes memory submitter, bool admitted) = _case.plan(1);
        _true(hash == planHash && keccak256(submitter) == keccak256(_signer(INSTITUTION)) && !admitted, "submitted");
        (bytes[] memory signers, bytes[] memory signatures) =
            _signedByOfficials(_case, _admissionStruct(1, planHash), THRESHOLD);
        vm.expectEmit(true, true, true, true, address(_case));
        emit ICase.PlanAdmitted(1, planHash);
        _case.admitPlan(1, signers, signatures);
        (,, admitted) = _case.plan(1);
        _true(admitted && _case.planCount() == 2, "admitted");
        _reverts(abi.encodeWithSelector(ICase.Plan_AlreadyAdmitted.selector, 1));
        _case.admitPlan(1, signers, signatures);
    }

    function test_planRefused() public {
        _reverts(abi.encodeWithSelector(ICase.Plan_HashEmpty.selector));
        _case.submitPlan(0, "");
        bytes32 planHash = keccak256("another plan");
        bytes memory signature = _sign(STRANGER, _digest(address(_case), _submissionStruct(1, planHash)));
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSignedByInstitution.selector));
        _case.submitPlan(planHash, signature);
        signature = _sign(INSTITUTION, _digest(address(_case), _submissionStruct(0, planHash)));
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSignedByInstitution.selector));
        _case.submitPlan(planHash, signature);
        (bytes[] memory signers, bytes[] memory signatures) =
            _signedByOfficials(_case, _admissionStruct(1, planHash), THRESHOLD);
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSubmitted.selector, 1));
        _case.admitPlan(1, signers, signatures);
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSubmitted.selector, 1));
        _case.plan(1);
        _submit(planHash);
        (signers, signatures) = _signedByOfficials(_case, _submissionStruct(1, planHash), THRESHOLD);
        _reverts(abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]));
        _case.admitPlan(1, signers, signatures);
    }

    // --- what is refused, in short

    function _refuseOpening(bytes[] memory officials, uint256 threshold, bytes memory institution, bytes memory reason)
        private
    {
        (bool done, bytes memory answer) =
            address(this).call(abi.encodeCall(this.open, (officials, threshold, institution)));
        _true(!done, "opened all the same");
        _true(_contains(answer, reason), "another reason");
    }

    /// So that a failed creation, however forge wraps it, can be looked into.
    function open(bytes[] memory officials, uint256 threshold, bytes memory institution) external {
        _openWith(officials, threshold, institution);
    }

    function _contains(bytes memory whole, bytes memory part) private pure returns (bool) {
        for (uint256 from = 0; from + part.length <= whole.length; ++from) {
            uint256 same = 0;
            while (same < part.length && whole[from + same] == part[same]) ++same;
            if (same == part.length) return true;
        }
        return false;
    }

    function _refuseFreeze(bytes[] memory signers, bytes[] memory signatures, bytes memory reason) private {
        bytes32 root = _root();
        ClassTotals[] memory totals = _totals;
        _reverts(reason);
        _case.freezeRegister(root, LENDERS, totals, NAMES_HASH, PROOFS_HASH, signers, signatures);
    }

    function _refuseTotals(uint256 leafCount, ClassTotals[] memory totals, bytes memory reason) private {
        bytes32 structHash = _freezeStruct(_case.registerCount(), _root(), leafCount, totals);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        bytes32 root = _root();
        _reverts(reason);
        _case.freezeRegister(root, leafCount, totals, NAMES_HASH, PROOFS_HASH, signers, signatures);
    }

    function _many(uint256 count) private pure returns (bytes[] memory officials) {
        officials = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            officials[i] = _signer(_official(i));
        }
    }

    function _class(uint256 heads, uint256 fen, uint256 blind) private pure returns (ClassTotals[] memory totals) {
        totals = new ClassTotals[](1);
        totals[0] = ClassTotals(heads, fen, blind);
    }

    function _classes(uint256 count) private pure returns (ClassTotals[] memory totals) {
        totals = new ClassTotals[](count);
        for (uint256 i = 0; i < count; ++i) {
            totals[i] = ClassTotals(1, 1, 1);
        }
    }
}
