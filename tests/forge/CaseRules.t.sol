// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {PollFactory} from "../../contracts/poll/PollFactory.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Condition} from "../../contracts/types/Rule.sol";
import {Log} from "./Cheats.sol";
import {Town} from "./Town.sol";

/// Each rule of the case contract, kept and broken.
contract CaseRulesTest is Town {
    function setUp() public {
        _buildTown();
    }

    // --- officials

    function test_openedWithTheseOfficials() public {
        vm.recordLogs();
        ICase opened = _open(THRESHOLD, _signer(INSTITUTION));
        Log memory log = _onlyLog(address(opened), ICase.CaseOpened.selector);
        bytes memory told = abi.encode(_officials(), THRESHOLD, _signer(INSTITUTION));
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

    // --- polls

    function test_pollIsWhatWasAnnounced() public view {
        PollParameters memory terms = _terms();
        _true(keccak256(abi.encode(_poll.parameters())) == keccak256(abi.encode(terms)), "parameters");
        _true(_poll.parametersHash() == keccak256(abi.encode(terms)), "parametersHash");
        _true(_poll.caseContract() == address(_case) && _case.poll(0) == address(_poll), "case");
        _true(_poll.pollNumber() == 0 && _poll.registerRoot() == _root(), "register");
        _true(_poll.leafCount() == LENDERS && _poll.depth() == DEPTH, "leaves");
        _true(keccak256(abi.encode(_poll.classes())) == keccak256(abi.encode(_totals)), "classes");
        _true(_poll.planHash() == PLAN_HASH, "plan");
        _true(keccak256(_poll.planSubmitter()) == keccak256(_signer(INSTITUTION)), "submitter");
    }

    function test_announcementNumbersAndEvent() public {
        PollParameters memory terms = _terms();
        bytes32 structHash = _announcementStruct(1, terms);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        vm.recordLogs();
        IPoll second = IPoll(_case.announcePoll(terms, signers, signatures));
        Log memory log = _onlyLog(address(_case), ICase.PollAnnounced.selector);
        bytes memory told = abi.encode(address(second), keccak256(abi.encode(terms)));
        _true(uint256(log.topics[1]) == 1 && keccak256(log.data) == keccak256(told), "event");
        _true(second.pollNumber() == 1 && _case.poll(1) == address(second) && address(second) != address(_poll), "second poll");
        _equal(_case.pollCount(), 2, "polls");
        _reverts(abi.encodeWithSelector(ICase.Poll_NotAnnounced.selector, 2));
        _case.poll(2);
        _reverts(abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]));
        _case.announcePoll(terms, signers, signatures);
    }

    function test_announcementNeedsRegisterAndPlan() public {
        PollParameters memory terms = _terms();
        terms.registerNumber = 1;
        _refuseTerms(terms, abi.encodeWithSelector(ICase.Register_NotFrozen.selector, 1));
        terms.registerNumber = 0;
        terms.planNumber = 1;
        _refuseTerms(terms, abi.encodeWithSelector(ICase.Plan_NotAdmitted.selector, 1));
        _submit(keccak256("not admitted"));
        _refuseTerms(terms, abi.encodeWithSelector(ICase.Plan_NotAdmitted.selector, 1));
    }

    function test_termsRefused() public {
        PollParameters memory terms = _terms();
        terms.opensAt = uint64(block.timestamp);
        _refuseTerms(terms, _windowWrong(terms));
        (terms.opensAt, terms.closesAt) = (OPENS, OPENS);
        _refuseTerms(terms, _windowWrong(terms));
        terms = _terms();
        terms.challengeSeconds = 0;
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_ChallengePeriodMissing.selector));
        terms = _terms();
        terms.verifiers = new address[](0);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_VerifierCountOutOfRange.selector, 0));
        terms.verifiers = _strangers(9);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_VerifierCountOutOfRange.selector, 9));
        terms.verifiers = _strangers(8);
        terms.verifiers[7] = terms.verifiers[0];
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_VerifierTwice.selector, terms.verifiers[0]));
        terms.verifiers[0] = address(0);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_VerifierEmpty.selector));
    }

    function test_rolesAreApart() public {
        PollParameters memory terms = _terms();
        terms.receiptSigner = address(0);
        _refuseTerms(terms, abi.encodeWithSelector(ICase.Poll_ReceiptSignerEmpty.selector));
        for (uint256 i = 0; i <= OFFICIALS; ++i) {
            address insider = vm.addr(i < OFFICIALS ? _official(i) : INSTITUTION);
            bytes memory reason = abi.encodeWithSelector(ICase.Poll_RoleHeldTwice.selector, insider);
            terms = _terms();
            terms.receiptSigner = insider;
            _refuseTerms(terms, reason);
            for (uint256 place = 0; place < 2; ++place) {
                terms = _terms();
                terms.verifiers[place] = insider;
                _refuseTerms(terms, reason);
            }
        }
        for (uint256 place = 0; place < 2; ++place) {
            terms = _terms();
            terms.receiptSigner = terms.verifiers[place];
            _refuseTerms(terms, abi.encodeWithSelector(ICase.Poll_RoleHeldTwice.selector, terms.receiptSigner));
        }
        _announce(_terms());
    }

    function test_factoryServesItsCaseOnly() public {
        PollFactory factory = PollFactory(vm.computeCreateAddress(address(_case), 1));
        _true(address(factory).code.length != 0, "no factory where it should be");
        bytes memory encoded = abi.encode(_terms());
        _reverts(abi.encodeWithSelector(PollFactory.PollFactory_NotItsCase.selector, SENDER));
        factory.create(1, encoded);
        _true(address(_poll) == vm.computeCreateAddress(address(factory), 1), "poll 0");
        _true(address(_announce(_terms())) == vm.computeCreateAddress(address(factory), 2), "poll 1");
    }

    function test_conditionsRefused() public {
        PollParameters memory terms = _terms();
        terms.conditions = new Condition[](0);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_ConditionCountOutOfRange.selector, 0));
        terms.conditions = _conditions(9);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_ConditionCountOutOfRange.selector, 9));
        terms.conditions = _conditions(8);
        terms.conditions[7].num = 0;
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_ConditionOutOfRange.selector, 7));
        (terms.conditions[7].num, terms.conditions[7].den) = (4, 3);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_ConditionOutOfRange.selector, 7));
        (terms.conditions[7].num, terms.conditions[7].den) = (1, 1_000_001);
        _refuseTerms(terms, abi.encodeWithSelector(IPoll.Poll_ConditionOutOfRange.selector, 7));
    }

    function test_termsAtTheirLimits() public {
        PollParameters memory terms = _terms();
        (terms.opensAt, terms.closesAt, terms.challengeSeconds) = (uint64(block.timestamp) + 1, uint64(block.timestamp) + 2, 1);
        terms.verifiers = _strangers(8);
        terms.conditions = _conditions(8);
        (terms.conditions[0].num, terms.conditions[0].den) = (1_000_000, 1_000_000);
        _equal(_announce(terms).parameters().conditions.length, 8, "conditions");
    }

    // --- what is refused, in short

    function _windowWrong(PollParameters memory terms) private view returns (bytes memory) {
        return abi.encodeWithSelector(IPoll.Poll_WindowWrong.selector, terms.opensAt, terms.closesAt, block.timestamp);
    }

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

    function _refuseTerms(PollParameters memory terms, bytes memory reason) private {
        bytes32 structHash = _announcementStruct(_case.pollCount(), terms);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        _reverts(reason);
        _case.announcePoll(terms, signers, signatures);
    }

    function _many(uint256 count) private pure returns (bytes[] memory officials) {
        officials = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            officials[i] = _signer(_official(i));
        }
    }

    function _strangers(uint256 count) private pure returns (address[] memory found) {
        found = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            found[i] = address(uint160(0x57a + i));
        }
    }

    function _conditions(uint256 count) private pure returns (Condition[] memory conditions) {
        conditions = new Condition[](count);
        for (uint256 i = 0; i < count; ++i) {
            conditions[i] = _terms().conditions[0];
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
