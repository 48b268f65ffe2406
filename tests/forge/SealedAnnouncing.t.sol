// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedCase} from "../../contracts/interfaces/ISealedCase.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {PollFactory} from "../../contracts/poll/PollFactory.sol";
import {SealConfirmation, SealedParameters, SealKey} from "../../contracts/types/Seal.sol";
import {Log} from "./Cheats.sol";
import {SealedTown} from "./SealedTown.sol";

/// How sealed polls are announced, and the keys they are sealed to (protocol, section 21.3).
contract SealedAnnouncingTest is SealedTown {
    uint256 private constant OTHER = 0x07e5;

    function setUp() public {
        _buildSealedTown(2);
    }

    function test_heldToWhatWasAnnounced() public {
        SealKey memory key = _keyOf(SECRET, "roll");
        SealedParameters memory terms = _sealedTerms(2);
        _true(_sealed.caseContract() == address(_case) && _sealed.pollNumber() == 1, "number");
        _true(_sealed.parametersHash() == keccak256(abi.encode(terms)), "parametersHash");
        _true(keccak256(abi.encode(_sealed.parameters())) == keccak256(abi.encode(terms.poll)), "parameters");
        _true(_sealed.motions() == 2 && _sealed.abandonAfterSeconds() == ABANDON_AFTER, "motions");
        _true(_sealed.sealKeyHash() == _sealKeyStruct(key) && _sealed.sealKey() == vm.addr(SECRET), "key");
        _true(keccak256(abi.encode(_sealed.shareKeys())) == keccak256(abi.encode(key.shareKeys)), "share keys");
        _true(_sealed.stage() == ISealedPoll.Stage.Announced && _sealed.abandonedFor() == 0, "announced");
        _true(_case.isSealed(1) && !_case.isSealed(0) && !_case.isSealed(2), "kinds");
        _true(_case.sealedCodeHash() == keccak256(_sealedCode()), "code hash");
        address factory = vm.computeCreateAddress(address(_case), 1);
        _true(_case.poll(1) == vm.computeCreateAddress(factory, 2), "address by number");
    }

    function test_announcedAloud() public {
        SealKey memory key = _keyOf(OTHER, "second");
        SealedParameters memory terms = _sealedTerms(1);
        vm.recordLogs();
        ISealedPoll poll = _sendSealed(_sealedCode(), terms, key, _confirmationsOf(OTHER, key), "");
        Log memory log = _onlyLog(address(_case), ISealedCase.SealedPollAnnounced.selector);
        _equal(uint256(log.topics[1]), 2, "number");
        bytes memory told = abi.encode(poll, keccak256(abi.encode(terms)), _sealKeyStruct(key));
        _true(keccak256(log.data) == keccak256(told) && _case.pollCount() == 3, "event");
        _announce(_terms());
        _true(_case.poll(2) == address(poll) && !_case.isSealed(3), "an open one behind it");
    }

    function test_otherCodeRefused() public {
        bytes memory code = bytes.concat(_sealedCode(), hex"00");
        _refuse(code, _sealedTerms(1), abi.encodeWithSelector(ISealedCase.Case_SealedCodeIsAnother.selector, keccak256(code)));
        _refuse("", _sealedTerms(1), abi.encodeWithSelector(ISealedCase.Case_SealedCodeIsAnother.selector, keccak256("")));
    }

    function test_everySeatConfirms() public {
        SealKey memory key = _keyOf(OTHER, "second");
        for (uint256 i = 0; i < SEATS; ++i) {
            SealConfirmation[] memory given = _confirmationsOf(OTHER, key);
            given[i].share = given[(i + 1) % SEATS].share;
            _refuseKey(key, given, abi.encodeWithSelector(ISealedCase.Seal_ShareKeyNotConfirmed.selector, i));
            given = _confirmationsOf(OTHER, key);
            given[i].identity = given[(i + 1) % SEATS].identity;
            _refuseKey(key, given, abi.encodeWithSelector(ISealedCase.Seal_IdentityNotConfirmed.selector, i));
        }
        SealConfirmation[] memory right = _confirmationsOf(OTHER, key);
        key.transcriptHash = "another";
        _refuseKey(key, right, abi.encodeWithSelector(ISealedCase.Seal_ShareKeyNotConfirmed.selector, 0));
        key = _keyOf(OTHER, "second");
        key.threshold = 3;
        _refuseKey(key, right, abi.encodeWithSelector(ISealedCase.Seal_ShareKeyNotConfirmed.selector, 0));
        key = _keyOf(OTHER, "second");
        key.shareKeys[1] = address(0);
        right = _confirmationsOf(OTHER, key);
        _refuseKey(key, right, abi.encodeWithSelector(ISealedCase.Seal_ShareKeyNotConfirmed.selector, 1));
    }

    function test_asManySeatsAsTrustees() public {
        SealKey memory key = _keyOf(OTHER, "second");
        SealConfirmation[] memory all = _confirmationsOf(OTHER, key);
        SealConfirmation[] memory two = new SealConfirmation[](2);
        (two[0], two[1]) = (all[0], all[1]);
        _refuseKey(key, two, abi.encodeWithSelector(ISealedCase.Seal_SeatCountWrong.selector, 3, 2, 3));
        address[] memory keys = new address[](2);
        (keys[0], keys[1]) = (key.shareKeys[0], key.shareKeys[1]);
        key.shareKeys = keys;
        _refuseKey(key, two, abi.encodeWithSelector(ISealedCase.Seal_SeatCountWrong.selector, 2, 2, 3));
        _refuseKey(key, all, abi.encodeWithSelector(ISealedCase.Seal_SeatCountWrong.selector, 2, 3, 3));
    }

    function test_threshold() public {
        SealKey memory key = _keyOf(OTHER, "second");
        for (uint8 threshold = 0; threshold < 6; ++threshold) {
            key.threshold = threshold;
            if (threshold == 2 || threshold == 3) continue;
            bytes memory reason = abi.encodeWithSelector(ISealedCase.Seal_ThresholdOutOfRange.selector, threshold, 3);
            _refuseKey(key, _confirmationsOf(OTHER, key), reason);
        }
        key.threshold = 3;
        _sendSealed(_sealedCode(), _sealedTerms(1), key, _confirmationsOf(OTHER, key), "");
        key = _keyOf(OTHER + 1, "third");
        _sendSealed(_sealedCode(), _sealedTerms(1), key, _confirmationsOf(OTHER + 1, key), "");
    }

    function test_pointAndShareKeys() public {
        SealKey memory key = _keyOf(OTHER, "second");
        key.y ^= 1;
        _refuseKey(key, _confirmationsOf(OTHER, key), abi.encodeWithSelector(ISealedCase.Seal_KeyNotOnCurve.selector));
        key.y ^= 1;
        key.shareKeys[2] = key.shareKeys[0];
        SealConfirmation[] memory given = _confirmationsOf(OTHER, key);
        given[2].share = given[0].share;
        _refuseKey(key, given, abi.encodeWithSelector(ISealedCase.Seal_ShareKeyTwice.selector, 2));
    }

    function test_everyKeyOnce() public {
        SealKey memory first = _keyOf(SECRET, "another roll");
        SealConfirmation[] memory given = _confirmationsOf(SECRET, first);
        _refuseKey(first, given, abi.encodeWithSelector(ISealedCase.Seal_KeyUsed.selector, first.shareKeys[0]));
        SealKey memory key = _keyOf(OTHER, "roll");
        _refuseKey(key, _confirmationsOf(OTHER, key), abi.encodeWithSelector(ISealedCase.Seal_RollUsed.selector, bytes32("roll")));
        (key.x, key.y, key.rollHash) = (first.x, first.y, "second");
        bytes memory reason = abi.encodeWithSelector(ISealedCase.Seal_KeyUsed.selector, vm.addr(SECRET));
        _refuseKey(key, _confirmationsOf(OTHER, key), reason);
    }

    function test_officialsSign() public {
        SealKey memory key = _keyOf(OTHER, "second");
        SealedParameters memory terms = _sealedTerms(1);
        SealConfirmation[] memory given = _confirmationsOf(OTHER, key);
        bytes memory code = _sealedCode();
        for (uint256 place = 0; place < 4; ++place) {
            _rehearsal = place != 3;
            SealedParameters memory others = _sealedTerms(place == 1 ? 2 : 1);
            bytes32 structHash = _sealedStruct(place == 0 ? 1 : 2, others, place == 2 ? _keyOf(OTHER, "x") : key);
            (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
            _reverts(abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, _signer(_official(0))));
            _case.announceSealedPoll(code, terms, key, given, signers, signatures);
        }
    }

    function test_termsAsOfAnyPoll() public {
        SealedParameters memory terms = _sealedTerms(1);
        terms.poll.receiptSigner = address(0);
        _refuse(_sealedCode(), terms, abi.encodeWithSelector(ICase.Poll_ReceiptSignerEmpty.selector));
        terms = _sealedTerms(1);
        terms.poll.registerNumber = 1;
        _refuse(_sealedCode(), terms, abi.encodeWithSelector(ICase.Register_NotFrozen.selector, 1));
        terms = _sealedTerms(1);
        terms.poll.planNumber = 1;
        _refuse(_sealedCode(), terms, abi.encodeWithSelector(ICase.Plan_NotAdmitted.selector, 1));
        terms = _sealedTerms(1);
        terms.poll.challengeSeconds = 0;
        _refuse(_sealedCode(), terms, abi.encodeWithSelector(IPoll.Poll_ChallengePeriodMissing.selector));
        uint8[3] memory motions = [0, 17, 255];
        for (uint256 i = 0; i < motions.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(ISealedPoll.Poll_MotionCountOutOfRange.selector, motions[i]);
            _refuse(_sealedCode(), _sealedTerms(motions[i]), reason);
        }
        SealKey memory key = _keyOf(OTHER, "second");
        _equal(_sendSealed(_sealedCode(), _sealedTerms(16), key, _confirmationsOf(OTHER, key), "").motions(), 16, "motions");
    }

    function test_whenItMayBeAbandoned() public {
        SealedParameters memory terms = _sealedTerms(1);
        terms.abandonAfterSeconds = 0;
        _refuse(_sealedCode(), terms, abi.encodeWithSelector(ISealedCase.Poll_AbandonmentOutOfRange.selector, 0));
        terms.abandonAfterSeconds = 30 days + 1;
        _refuse(_sealedCode(), terms, abi.encodeWithSelector(ISealedCase.Poll_AbandonmentOutOfRange.selector, 30 days + 1));
        terms.abandonAfterSeconds = 30 days;
        SealKey memory key = _keyOf(OTHER, "second");
        _sendSealed(_sealedCode(), terms, key, _confirmationsOf(OTHER, key), "");
        terms.abandonAfterSeconds = 1;
        key = _keyOf(OTHER + 1, "third");
        _sendSealed(_sealedCode(), terms, key, _confirmationsOf(OTHER + 1, key), "");
    }

    function test_whenAPollThatCountsMayBeAbandoned() public {
        _rehearsal = false;
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        _freeze(_root(), LENDERS, _totals);
        _submit(PLAN_HASH);
        _admit(0, PLAN_HASH);
        SealedParameters memory terms = _sealedTerms(1);
        (terms.poll.opensAt, terms.poll.closesAt) = (START + 15 days, START + 16 days);
        terms.poll.challengeSeconds = 15 days;
        uint32[3] memory wrong = [uint32(30 days - 1), 30 days + 1, 0];
        for (uint256 i = 0; i < wrong.length; ++i) {
            terms.abandonAfterSeconds = wrong[i];
            _refuse(_sealedCode(), terms, abi.encodeWithSelector(ISealedCase.Poll_AbandonmentOutOfRange.selector, wrong[i]));
        }
        terms.abandonAfterSeconds = 30 days;
        terms.poll.opensAt -= 1;
        bytes memory early = abi.encodeWithSelector(ICase.Poll_NoticeTooShort.selector, START + 15 days - 1, START + 15 days);
        _refuse(_sealedCode(), terms, early);
        terms.poll.opensAt += 1;
        SealKey memory key = _keyOf(OTHER, "second");
        _sendSealed(_sealedCode(), terms, key, _confirmationsOf(OTHER, key), "");
    }

    function test_onlyPlainAccountsAndTheCase() public {
        SealKey memory key = _keyOf(OTHER, "second");
        SealConfirmation[] memory given = _confirmationsOf(OTHER, key);
        bytes memory code = _sealedCode();
        vm.stopPrank();
        bytes memory reason = abi.encodeWithSelector(ICase.Case_CalledThroughContract.selector);
        _reverts(reason);
        _case.announceSealedPoll(code, _sealedTerms(1), key, given, new bytes[](0), new bytes[](0));
        _reverts(reason);
        _case.appointTrustees(new bytes[](0), new bytes[](0), new bytes[](0));
        _reverts(reason);
        _case.abandonPoll(1, 0, new bytes[](0), new bytes[](0));
        address factory = vm.computeCreateAddress(address(_case), 1);
        _reverts(abi.encodeWithSelector(PollFactory.PollFactory_NotItsCase.selector, address(this)));
        PollFactory(factory).createFrom(code, "");
    }

    function _refuse(bytes memory code, SealedParameters memory terms, bytes memory reason) private {
        SealKey memory key = _keyOf(OTHER, "second");
        _sendSealed(code, terms, key, _confirmationsOf(OTHER, key), reason);
    }

    function _refuseKey(SealKey memory key, SealConfirmation[] memory given, bytes memory reason) private {
        _sendSealed(_sealedCode(), _sealedTerms(1), key, given, reason);
    }
}
