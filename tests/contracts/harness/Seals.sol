// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BoxChain} from "../../../contracts/libraries/BoxChain.sol";
import {Packed} from "../../../contracts/libraries/Packed.sol";
import {Seal} from "../../../contracts/libraries/Seal.sol";
import {TypedData} from "../../../contracts/libraries/TypedData.sol";
import {SealedParameters, SealKey} from "../../../contracts/types/Seal.sol";

/// Shows what sealed polls are made of to the tests of the shared vectors.
contract Seals {
    struct Ballot {
        uint256 index;
        uint256 sequence;
        uint256 seal;
        uint256 sealedChoice;
    }

    function keyOf(uint256 scalar) external pure returns (address) {
        return Seal.keyOf(scalar);
    }

    /// Opens ballots one after another in the same memory.
    function open(bytes32 separator, uint256 secret, uint256 motions, Ballot[] calldata ballots)
        external
        view
        returns (uint256[] memory found)
    {
        found = new uint256[](ballots.length);
        uint256 frame = Seal.frame(separator);
        for (uint256 i = 0; i < ballots.length; ++i) {
            Ballot calldata one = ballots[i];
            found[i] = Seal.open(frame, secret, Seal.onesOf(motions), one.index, one.sequence, one.seal, one.sealedChoice);
        }
    }

    function fold(bytes32 box, bytes calldata records) external pure returns (bytes32) {
        for (uint256 i = 0; i < records.length; i += BoxChain.RECORD_BYTES) {
            box = BoxChain.fold(box, Packed.placeOf(records) + i);
        }
        return box;
    }

    function sealKey(SealKey calldata key) external pure returns (bytes32) {
        return TypedData.sealKey(key);
    }

    function trusteeAppointment(uint256 number, bytes[] calldata trustees) external pure returns (bytes32) {
        return TypedData.trusteeAppointment(number, trustees);
    }

    function sealedPollAnnouncement(uint256 number, bytes32 parametersHash, bytes32 sealKeyHash, bool rehearsal)
        external
        pure
        returns (bytes32)
    {
        return TypedData.sealedPollAnnouncement(number, parametersHash, sealKeyHash, rehearsal);
    }

    function pollAbandonment(uint256 number, bytes32 reasonHash) external pure returns (bytes32) {
        return TypedData.pollAbandonment(number, reasonHash);
    }

    function sealBreach() external pure returns (bytes32) {
        return TypedData.sealBreach();
    }

    function hashOfParameters(SealedParameters calldata parameters) external pure returns (bytes32) {
        return keccak256(abi.encode(parameters));
    }

    function sealedBallotDigest(bytes32 separator, Ballot calldata one, bytes32 planHash, bytes32 sealKeyHash)
        external
        pure
        returns (bytes32)
    {
        uint256 frame = TypedData.sealedBallotFrame(separator, planHash, sealKeyHash);
        return TypedData.sealedBallotDigest(frame, one.index, one.sequence, one.seal, one.sealedChoice);
    }
}
