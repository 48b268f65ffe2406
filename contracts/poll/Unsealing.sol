// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../interfaces/ISealedPoll.sol";
import {Cursor, CursorLibrary} from "../libraries/Cursor.sol";
import {Packed} from "../libraries/Packed.sol";
import {BoxChain} from "../libraries/BoxChain.sol";
import {Seal} from "../libraries/Seal.sol";
import {Secp256k1} from "../libraries/Secp256k1.sol";
import {Signature} from "../libraries/Signature.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {SealedBox} from "./SealedBox.sol";
import {SealedCounting} from "./SealedCounting.sol";

/// @title Shares, secret, and the counting of the box (protocol, section 21.5)
/// @notice The secret proves itself: it is the one number whose multiple of the generator is the seal key. From then on anybody hands the
/// ballots in again, from the end of the box; nobody can choose what is counted. Nothing here reverts for what a ballot holds.
abstract contract Unsealing is SealedBox, SealedCounting {
    /// A piece of the box that is being counted.
    struct Piece {
        Counter counter;
        Cursor sequences;
        bytes counted;
        uint256 frame; // where ballots are opened
        uint256 secret;
        uint256 ones; // the lower bit of each motion's pair
    }

    /// Address of the seal key's point.
    address private immutable _SEAL_KEY;

    address[] private _shareKeys; // slot 10
    uint256 private _sharesPublished; // slot 11; one bit a seat
    uint256 private _secret; // slot 12
    uint64 private _sealBrokenAt; // slot 13
    mapping(bytes32 box => bool) private _countingBegan; // slot 14; the numbers from which pieces were taken off

    constructor(address sealKey_, address[] memory shareKeys_) {
        _SEAL_KEY = sealKey_;
        _shareKeys = shareKeys_;
    }

    /// @inheritdoc ISealedPoll
    function publishShare(uint256 trustee, uint256 share) external override onlyPlainAccount {
        _requireOver();
        if (trustee >= _shareKeys.length) revert Seal_NoSuchTrustee(trustee);
        if (Seal.keyOf(share) != _shareKeys[trustee]) revert Seal_ShareWrong(trustee);
        if (_sharesPublished >> trustee & 1 == 1) revert Seal_ShareKnown(trustee);
        _sharesPublished |= 1 << trustee;
        emit SharePublished(trustee, share);
    }

    /// @inheritdoc ISealedPoll
    function unseal(uint256 revealed) external override onlyPlainAccount {
        _requireOver();
        if (_secret != 0) revert Seal_AlreadyUnsealed();
        if (Seal.keyOf(revealed) != _SEAL_KEY) revert Seal_SecretWrong();
        _secret = revealed;
        emit Unsealed(revealed, _box);
    }

    /// @inheritdoc ISealedPoll
    function count(bytes32 before, bytes calldata ballots) external override onlyPlainAccount {
        uint256 number = _requireRecords(ballots);
        Piece memory piece = Piece({
            counter: _startCounter(),
            sequences: CursorLibrary.start(),
            counted: _reserve(number),
            frame: Seal.frame(_domainSeparatorV4()),
            secret: _requireUnsealed(),
            ones: Seal.onesOf(_MOTIONS)
        });
        (bytes32 inside, bytes32 folded) = (_box, before);
        uint256 place = Packed.placeOf(ballots);
        // Places lie in the data of the call.
        unchecked {
            for (uint256 end = place + ballots.length; place != end; place += BoxChain.RECORD_BYTES) {
                folded = BoxChain.fold(folded, place);
                _countAt(piece, place);
                // What lies behind was counted by somebody else meanwhile. It is not looked at: nothing shows any more that it is right.
                if (folded == inside) break;
            }
        }
        if (folded != inside) revert Box_NotItsEnd();
        _countingBegan[folded] = true;
        _box = before;
        _settle(piece.counter);
        emit BallotsCounted(piece.counted);
    }

    /// @inheritdoc ISealedPoll
    function reportBreach(bytes32 r, bytes32 vs) external override onlyPlainAccount {
        if (block.timestamp >= _CLOSES_AT) revert Poll_Closed(_CLOSES_AT, block.timestamp);
        if (_sealBrokenAt != 0) revert Seal_BreachKnown();
        if (Signature.signerOf(_hashTypedDataV4(TypedData.sealBreach()), r, vs) != _SEAL_KEY) revert Seal_NotSignedByKey();
        _sealBrokenAt = uint64(block.timestamp);
        emit SealBroken(uint64(block.timestamp));
    }

    /// @inheritdoc ISealedPoll
    function choiceUnder(uint256 index, uint8 sequence, uint256 seal, uint64 sealedChoice)
        external
        view
        override
        returns (uint32)
    {
        uint256 frame = Seal.frame(_domainSeparatorV4());
        return uint32(Seal.open(frame, _requireUnsealed(), Seal.onesOf(_MOTIONS), index, sequence, seal, sealedChoice));
    }

    /// @inheritdoc ISealedPoll
    function sealKey() external view override returns (address) {
        return _SEAL_KEY;
    }

    /// @inheritdoc ISealedPoll
    function shareKeys() external view override returns (address[] memory) {
        return _shareKeys;
    }

    /// @inheritdoc ISealedPoll
    function sharesPublished() external view override returns (uint256) {
        return _sharesPublished;
    }

    /// @inheritdoc ISealedPoll
    function secret() public view override returns (uint256) {
        return _secret;
    }

    /// @inheritdoc ISealedPoll
    function sealBrokenAt() external view override returns (uint64) {
        return _sealBrokenAt;
    }

    /// @dev What the first of the records holds, which is the ballot of that sequence and lender: they were folded from `before` up to where a
    /// counting began, and all that was in the box was counted.
    function _openedAgain(uint256 index, uint256 sequence, bytes32 before, bytes calldata ballots) internal view returns (uint256) {
        _requireRecords(ballots);
        (bytes32 folded, uint256 place) = (before, Packed.placeOf(ballots));
        bool isIts = Packed.wordAt(place) >> 224 == index && Packed.wordAt(place + 69) >> 248 == sequence;
        // Places lie in the data of the call.
        unchecked {
            for (uint256 end = place + ballots.length; place != end; place += BoxChain.RECORD_BYTES) {
                folded = BoxChain.fold(folded, place);
            }
        }
        if (!isIts || !_countingBegan[folded]) revert Box_NotTheBallot(index);
        place = Packed.placeOf(ballots);
        (uint256 seal, uint256 sealedChoice) = (Packed.wordAt(place + 70), Packed.wordAt(place + 102) >> 192);
        return Seal.open(Seal.frame(_domainSeparatorV4()), _secret, Seal.onesOf(_MOTIONS), index, sequence, seal, sealedChoice);
    }

    /// @dev Opens the ballot at that place and counts it, if it is its lender's newest.
    function _countAt(Piece memory piece, uint256 place) private {
        // Places lie in the data of the call.
        unchecked {
            uint256 head = Packed.wordAt(place);
            (uint256 index, uint256 votingClass, uint256 sequence) = (head >> 224, head >> 216 & 255, Packed.wordAt(place + 69) >> 248);
            if (sequence != _newest(piece.sequences, index)) return;
            (uint256 seal, uint256 sealedChoice) = (Packed.wordAt(place + 70), Packed.wordAt(place + 102) >> 192);
            uint256 choices = Seal.open(piece.frame, piece.secret, piece.ones, index, sequence, seal, sealedChoice);
            _countOpened(piece.counter, votingClass, choices, Packed.wordAt(place + 5), Packed.wordAt(place + 37));
            if (_MOTIONS == 1) Packed.append(piece.counted, index, sequence << 2 | choices);
            else Packed.appendLong(piece.counted, index, sequence << 2, choices);
        }
    }

    function _reserve(uint256 number) private view returns (bytes memory) {
        return _MOTIONS == 1 ? Packed.reserve(number) : Packed.reserveLong(number);
    }

    function _requireRecords(bytes calldata ballots) private pure returns (uint256) {
        if (ballots.length == 0 || ballots.length % BoxChain.RECORD_BYTES != 0) revert Box_LengthWrong(ballots.length);
        return ballots.length / BoxChain.RECORD_BYTES;
    }

    function _requireUnsealed() private view returns (uint256 secret_) {
        secret_ = _secret;
        if (secret_ == 0) revert Seal_StillSealed();
    }

    function _requireOver() private view {
        if (block.timestamp < _CLOSES_AT) revert Poll_StillOpen(_CLOSES_AT, block.timestamp);
    }
}
