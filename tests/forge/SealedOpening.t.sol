// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Log} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {EightBallots} from "./EightBallots.sol";

/// Shares, secret, breach and the counting of the box, with one motion (protocol, sections 21.5 and 21.6).
contract SealedOpeningTest is EightBallots {
    uint256 private constant GAS_OF_ONE = 400_000; // of code without the optimiser

    function setUp() public {
        _buildSealedTown(1);
        vm.warp(OPENS);
    }

    // --- shares and secret

    function test_sharesProveThemselves() public {
        _reverts(abi.encodeWithSelector(IPoll.Poll_StillOpen.selector, CLOSES, OPENS));
        _sealed.publishShare(0, _shareOf(SECRET, 0));
        vm.warp(CLOSES);
        vm.recordLogs();
        _sealed.publishShare(1, _shareOf(SECRET, 1));
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.SharePublished.selector);
        _true(uint256(log.topics[1]) == 1 && keccak256(log.data) == keccak256(abi.encode(_shareOf(SECRET, 1))), "event");
        _equal(_sealed.sharesPublished(), 2, "second seat");
        bytes memory wrong = abi.encodeWithSelector(ISealedPoll.Seal_ShareWrong.selector, 0);
        uint256[5] memory others = [_shareOf(SECRET, 1), NOTHING, SECRET, _shareOf(SECRET, 0) + Curve.N, type(uint256).max];
        for (uint256 i = 0; i < others.length; ++i) {
            _reverts(wrong);
            _sealed.publishShare(0, others[i]);
        }
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_NoSuchTrustee.selector, SEATS));
        _sealed.publishShare(SEATS, _shareOf(SECRET, 0));
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_ShareKnown.selector, 1));
        _sealed.publishShare(1, _shareOf(SECRET, 1));
        _sealed.publishShare(0, _shareOf(SECRET, 0));
        _equal(_sealed.sharesPublished(), 3, "two seats");
    }

    function test_secretProvesItself() public {
        _castPlain(0, 1, 1);
        _reverts(abi.encodeWithSelector(IPoll.Poll_StillOpen.selector, CLOSES, OPENS));
        _sealed.unseal(SECRET);
        vm.warp(CLOSES);
        uint256[6] memory others =
            [NOTHING, 1, _shareOf(SECRET, 0), SECRET + Curve.N, Curve.N - SECRET, Curve.N];
        for (uint256 i = 0; i < others.length; ++i) {
            _reverts(abi.encodeWithSelector(ISealedPoll.Seal_SecretWrong.selector));
            _sealed.unseal(others[i]);
        }
        _true(_sealed.secret() == 0 && _sealed.stage() == ISealedPoll.Stage.Closed, "still sealed");
        vm.recordLogs();
        _sealed.unseal(SECRET);
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.Unsealed.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(SECRET, _boxOf(1))), "event");
        _true(_sealed.secret() == SECRET && _sealed.stage() == ISealedPoll.Stage.Unsealed, "unsealed");
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_AlreadyUnsealed.selector));
        _sealed.unseal(SECRET);
    }

    function test_breach() public {
        (bytes32 r, bytes32 vs) = _breach(_shareOf(SECRET, 0));
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_NotSignedByKey.selector));
        _sealed.reportBreach(r, vs);
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_NotSignedByKey.selector));
        _sealed.reportBreach(0, 0);
        (r, vs) = _breach(SECRET);
        vm.warp(CLOSES);
        _reverts(abi.encodeWithSelector(IPoll.Poll_Closed.selector, CLOSES, CLOSES));
        _sealed.reportBreach(r, vs);
        vm.warp(CLOSES - 1);
        _equal(_sealed.sealBrokenAt(), 0, "none yet");
        vm.recordLogs();
        _sealed.reportBreach(r, vs);
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.SealBroken.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(CLOSES - 1)), "event");
        _equal(_sealed.sealBrokenAt(), CLOSES - 1, "reported");
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_BreachKnown.selector));
        _sealed.reportBreach(r, vs);
        _castPlain(0, 1, 1);
    }

    // --- counting

    function test_countedInPiecesOfAnySize() public {
        for (uint256 size = 1; size <= 8; ++size) {
            _buildAgain(size);
            _vote();
            vm.warp(CLOSES);
            _sealed.unseal(SECRET);
            while (_records.length != 0) {
                _countFrom(_records.length > size ? _records.length - size : 0);
            }
            _isCounted();
        }
    }

    function test_saysWhatItCounted() public {
        _vote();
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        vm.recordLogs();
        _countFrom(4);
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.BallotsCounted.selector);
        bytes memory told = abi.encodePacked(_row(5, 63, 3), _row(0, 2, 2), _row(6, 1, 0), _row(7, 4, 0));
        _true(keccak256(log.data) == keccak256(abi.encode(told)), "the last four");
        vm.recordLogs();
        _countFrom(0);
        log = _onlyLog(address(_sealed), ISealedPoll.BallotsCounted.selector);
        told = abi.encodePacked(_row(1, 1, 2), _row(2, 1, 1), _row(3, 1, 3));
        _true(keccak256(log.data) == keccak256(abi.encode(told)), "the first four, one of them replaced");
    }

    function test_saysSoWhenAPieceHasNobodysNewest() public {
        _castPlain(0, 1, 1);
        _castPlain(0, 2, 2);
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        _countFrom(1);
        vm.recordLogs();
        _countFrom(0);
        Log memory log = _onlyLog(address(_sealed), ISealedPoll.BallotsCounted.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(bytes(""))), "nobody");
        _heads(0, 0, 1, 0);
    }

    function test_onlyTheEndOfTheBox() public {
        _vote();
        vm.warp(CLOSES);
        bytes memory all = _joined(0, 8);
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_StillSealed.selector));
        _sealed.count(0, all);
        _sealed.unseal(SECRET);
        bytes memory reason = abi.encodeWithSelector(ISealedPoll.Box_NotItsEnd.selector);
        _refuseCount(_boxOf(5), _joined(5, 7), reason);
        _refuseCount(_boxOf(5), bytes.concat(_joined(5, 6), _joined(7, 8)), reason);
        _refuseCount(_boxOf(6), bytes.concat(_joined(7, 8), _joined(6, 7)), reason);
        _refuseCount(_boxOf(6), bytes.concat(_joined(6, 7), _joined(6, 8)), reason);
        _refuseCount(_boxOf(6), bytes.concat(_joined(7, 8), _joined(6, 8)), reason);
        _refuseCount(_boxOf(8), _joined(6, 8), reason);
        _refuseCount(_boxOf(4), _joined(4, 6), reason);
        _refuseCount(_boxOf(5), _joined(6, 8), reason);
        _refuseCount(0, _joined(1, 8), reason);
        for (uint256 place = 0; place < 110; ++place) {
            bytes memory touched = _joined(6, 8);
            touched[110 + place] ^= 0x01;
            _refuseCount(_boxOf(6), touched, reason);
        }
        _countFrom(6);
        _records.push(_recordOf(_honest(6, 1, 0)));
        _refuseCount(_boxOf(6), _joined(6, 7), reason);
        _records.pop();
        _countFrom(0);
        _isCounted();
    }

    function test_wholeRecordsOnly() public {
        _vote();
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        bytes memory all = _joined(0, 8);
        uint256[4] memory lengths = [NOTHING, 1, 109, 111];
        for (uint256 i = 0; i < lengths.length; ++i) {
            bytes memory cut = new bytes(lengths[i]);
            for (uint256 j = 0; j < cut.length; ++j) {
                cut[j] = all[j];
            }
            _refuseCount(0, cut, abi.encodeWithSelector(ISealedPoll.Box_LengthWrong.selector, lengths[i]));
        }
        // Nor anything else behind a piece that is right.
        _refuseCount(0, bytes.concat(all, hex"00"), abi.encodeWithSelector(ISealedPoll.Box_LengthWrong.selector, 881));
    }

    /// Whatever a ballot holds, it alone is counted, for a bounded amount of gas.
    function testFuzz_countingNeverStops(uint256 seal, uint64 choice, uint8 sequence, uint256 index) public {
        (index, sequence) = (index % LENDERS, uint8(_bound(sequence, 1, 63)));
        _castSealed(Sealed(index, sequence, seal, choice));
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        uint32 found = _sealed.choiceUnder(index, sequence, seal, choice);
        uint256 before = gasleft();
        _countFrom(0);
        _true(before - gasleft() < GAS_OF_ONE, "gas");
        uint256[4] memory heads;
        (heads[1], heads[2], heads[3]) = _sealed.heads(0, _classOf(index));
        heads[0] = _sealed.invalid(_classOf(index));
        _true(heads[found] == 1 && heads[0] + heads[1] + heads[2] + heads[3] == 1, "what choiceUnder says");
    }

    function test_sealsThatAreNone() public {
        uint256[6] memory seals = [NOTHING, 5, Curve.N, Curve.N + 2, Curve.P - 1, type(uint256).max];
        for (uint256 i = 0; i < seals.length; ++i) {
            _castSealed(Sealed(i, 1, seals[i], uint64(1) ^ _word(i, 1, seals[i], address(0))));
        }
        _unsealAndCount();
        _true(_sealed.invalid(0) == 3 && _sealed.invalid(1) == 3, "all invalid");
    }

    function test_onlyThreeChoices() public {
        uint64[6] memory wrong = [uint64(0), 4, 5, 255, 1 << 40, type(uint64).max];
        for (uint256 i = 0; i < wrong.length; ++i) {
            _castPlain(i, 1, wrong[i]);
        }
        _castPlain(6, 1, 1);
        _castPlain(8, 1, 2);
        _castPlain(10, 1, 3);
        _unsealAndCount();
        _true(_sealed.invalid(0) == 3 && _sealed.invalid(1) == 3, "invalid");
        _heads(0, 1, 1, 1);
    }

    /// A ballot copied to another lender, another sequence or with flipped bits opens to something unrelated.
    function test_copiesAreWorthless() public {
        Sealed memory one = _honest(0, 1, 1);
        _castSealed(one);
        _castSealed(Sealed(2, 1, one.seal, one.choice));
        _castSealed(Sealed(4, 1, one.seal, one.choice ^ 3));
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        _equal(_sealed.choiceUnder(0, 1, one.seal, one.choice), 1, "itself");
        _equal(_sealed.choiceUnder(0, 1, one.seal, one.choice ^ 3), 2, "flipped under the same index: its own lender could");
        _equal(_sealed.choiceUnder(0, 2, one.seal, one.choice), 0, "another sequence");
        _equal(_sealed.choiceUnder(2, 1, one.seal, one.choice), 0, "another index");
        _countFrom(0);
        _heads(0, 1, 0, 0);
        _equal(_sealed.invalid(0), 2, "copies");
    }

    function test_choicesStayClosedBefore() public {
        _reverts(abi.encodeWithSelector(ISealedPoll.Seal_StillSealed.selector));
        _sealed.choiceUnder(0, 1, 5, 5);
    }

    function test_equalAndOppositePointsMeet() public {
        _castPlain(4, 1, 1);
        _castPlain(6, 1, 1);
        _unsealAndCount();
        _sumIs(0, 1, Curve.plus(_points[4], _points[6]));
    }

    function _breach(uint256 key) private view returns (bytes32 r, bytes32 vs) {
        bytes32 structHash = keccak256(abi.encode(keccak256("SealBreach()")));
        bytes memory signature = _signCompact(key, _digest(address(_sealed), structHash));
        return abi.decode(signature, (bytes32, bytes32));
    }

    /// Another town, as if none had voted.
    function _buildAgain(uint256 round) private {
        vm.warp(START);
        uint256 other = SECRET; // the same key may serve another case
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        _freeze(_root(), LENDERS, _totals);
        _submit(PLAN_HASH);
        _admit(0, PLAN_HASH);
        _sealed = _announceSealed(_sealedTerms(1), _keyOf(other, bytes32(round)));
        _keyHash = _sealed.sealKeyHash();
        vm.warp(OPENS);
    }
}
