// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {PollFactory} from "../../contracts/poll/PollFactory.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {Condition} from "../../contracts/types/Rule.sol";
import {Log} from "./Cheats.sol";
import {Town} from "./Town.sol";

/// What officials may announce as a poll, and that the poll is what was announced.
contract AnnouncementRulesTest is Town {
    function setUp() public {
        _buildTown();
    }

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
        bytes32 structHash = _announcementStruct(1, terms, true);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        vm.recordLogs();
        IOpenPoll second = IOpenPoll(_case.announcePoll(terms, signers, signatures));
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

    // --- a case that is no rehearsal

    function test_periodsOfARealPoll() public {
        _openReal();
        PollParameters memory terms = _realTerms();
        terms.opensAt -= 1;
        _refuseTerms(terms, abi.encodeWithSelector(ICase.Poll_NoticeTooShort.selector, terms.opensAt, terms.opensAt + 1));
        terms = _realTerms();
        terms.challengeSeconds -= 1;
        _refuseTerms(
            terms,
            abi.encodeWithSelector(ICase.Poll_ChallengePeriodTooShort.selector, terms.challengeSeconds, 15 days)
        );
        _equal(_announce(_realTerms()).pollNumber(), 0, "announced");
    }

    function test_periodsOfARealPollHoldForAll(uint64 opensAt, uint64 challengeSeconds) public {
        _openReal();
        PollParameters memory terms = _realTerms();
        (terms.opensAt, terms.closesAt, terms.challengeSeconds) = (opensAt, type(uint64).max, challengeSeconds);
        bytes32 structHash = _announcementStruct(0, terms, false);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        bool right = opensAt >= block.timestamp + 15 days && challengeSeconds >= 15 days && opensAt < type(uint64).max;
        (bool done,) = address(_case).call(abi.encodeCall(ICase.announcePoll, (terms, signers, signatures)));
        _true(done == right, "periods");
    }

    function test_signaturesHoldForTheirMarkOnly() public {
        _refuseOtherMark(_terms());
        _openReal();
        _refuseOtherMark(_realTerms());
    }

    function _refuseOtherMark(PollParameters memory terms) private {
        bytes32 structHash = _announcementStruct(_case.pollCount(), terms, !_rehearsal);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        _reverts(abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]));
        _case.announcePoll(terms, signers, signatures);
    }

    function _openReal() private {
        _rehearsal = false;
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        _freeze(_root(), LENDERS, _totals);
        _submit(PLAN_HASH);
        _admit(0, PLAN_HASH);
    }

    function _realTerms() private view returns (PollParameters memory terms) {
        terms = _terms();
        (terms.opensAt, terms.challengeSeconds) = (uint64(block.timestamp + 15 days), 15 days);
        terms.closesAt = terms.opensAt + 1;
    }

    // --- what is refused, in short

    function _windowWrong(PollParameters memory terms) private view returns (bytes memory) {
        return abi.encodeWithSelector(IPoll.Poll_WindowWrong.selector, terms.opensAt, terms.closesAt, block.timestamp);
    }

    function _refuseTerms(PollParameters memory terms, bytes memory reason) private {
        bytes32 structHash = _announcementStruct(_case.pollCount(), terms, _rehearsal);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        _reverts(reason);
        _case.announcePoll(terms, signers, signatures);
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
}
