// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {CompactSignature, CredentialList} from "../../contracts/types/Ballot.sol";
import {SealConfirmation, SealedBallot, SealedParameters, SealKey} from "../../contracts/types/Seal.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Wallet} from "./Cheats.sol";
import {Curve} from "./Curve.sol";
import {Town} from "./Town.sol";

/// The town with three trustees, of whom two open, and a sealed poll; sealing written a second time after the protocol (section 21): the
/// shared point's address is that of k times the secret, which no ecrecover is asked for.
abstract contract SealedTown is Town {
    uint256 internal constant SEATS = 3;
    uint256 internal constant SECRET = 0x5ec4e7;
    uint256 internal constant SLOPE = 0x510be;
    uint32 internal constant ABANDON_AFTER = 1 days;
    uint256 internal constant NOTHING = 0;

    ISealedPoll internal _sealed;
    bytes32 internal _keyHash;
    bytes[] internal _records; // all that was recorded, in its order

    function _buildSealedTown(uint8 motions) internal {
        _buildTown();
        _sealed = _announceSealed(_sealedTerms(motions), _keyOf(SECRET, "roll"));
        _keyHash = _sealed.sealKeyHash();
    }

    // --- trustees and their key

    function _trustees() internal view virtual override returns (bytes[] memory signers) {
        signers = new bytes[](SEATS);
        for (uint256 i = 0; i < SEATS; ++i) {
            signers[i] = _signer(_trustee(i));
        }
    }

    function _trustee(uint256 i) internal pure returns (uint256 key) {
        return 0x74057ee + i;
    }

    /// The value at i + 1 of a line that has the secret at 0.
    function _shareOf(uint256 secret, uint256 i) internal pure returns (uint256) {
        return addmod(secret, mulmod(SLOPE, i + 1, Curve.N), Curve.N);
    }

    function _keyOf(uint256 secret, bytes32 roll) internal returns (SealKey memory key) {
        Wallet memory point = vm.createWallet(secret);
        address[] memory shareKeys = new address[](SEATS);
        for (uint256 i = 0; i < SEATS; ++i) {
            shareKeys[i] = vm.addr(_shareOf(secret, i));
        }
        return SealKey(point.publicKeyX, point.publicKeyY, 2, shareKeys, roll, "transcript");
    }

    function _sealKeyStruct(SealKey memory key) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)"
        );
        bytes memory keys;
        for (uint256 i = 0; i < key.shareKeys.length; ++i) {
            keys = bytes.concat(keys, abi.encode(key.shareKeys[i]));
        }
        return keccak256(abi.encode(kind, key.x, key.y, key.threshold, keccak256(keys), key.rollHash, key.transcriptHash));
    }

    function _confirmationsOf(uint256 secret, SealKey memory key) internal view returns (SealConfirmation[] memory all) {
        bytes32 digest = _digest(address(_case), _sealKeyStruct(key));
        all = new SealConfirmation[](SEATS);
        for (uint256 i = 0; i < SEATS; ++i) {
            all[i] = SealConfirmation(_sign(_shareOf(secret, i), digest), _sign(_trustee(i), digest));
        }
    }

    // --- announcing

    function _sealedTerms(uint8 motions) internal pure returns (SealedParameters memory) {
        return SealedParameters(_terms(), motions, ABANDON_AFTER);
    }

    function _sealedStruct(uint256 number, SealedParameters memory terms, SealKey memory key) internal view returns (bytes32) {
        bytes32 kind =
            keccak256("SealedPollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bytes32 sealKeyHash,bool rehearsal)");
        return keccak256(abi.encode(kind, number, keccak256(abi.encode(terms)), _sealKeyStruct(key), _rehearsal));
    }

    function _announceSealed(SealedParameters memory terms, SealKey memory key) internal returns (ISealedPoll) {
        return _sendSealed(_sealedCode(), terms, key, _confirmationsOf(SECRET, key), "");
    }

    /// A reason is the revert that is expected of it.
    function _sendSealed(
        bytes memory code,
        SealedParameters memory terms,
        SealKey memory key,
        SealConfirmation[] memory confirmations,
        bytes memory reason
    ) internal returns (ISealedPoll) {
        bytes32 structHash = _sealedStruct(_case.pollCount(), terms, key);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        if (reason.length != 0) _reverts(reason);
        return ISealedPoll(_case.announceSealedPoll(code, terms, key, confirmations, signers, signatures));
    }

    // --- sealing

    function _seal(uint256 index, uint256 sequence, uint64 plain) internal returns (uint256 seal, uint64 sealedChoice) {
        uint256 k = uint256(keccak256(abi.encode("k", index, sequence, plain))) % Curve.N;
        Wallet memory drawn = vm.createWallet(k);
        if (drawn.publicKeyY & 1 == 1) k = Curve.N - k;
        return (drawn.publicKeyX, plain ^ _word(index, sequence, drawn.publicKeyX, vm.addr(mulmod(k, SECRET, Curve.N))));
    }

    function _word(uint256 index, uint256 sequence, uint256 seal, address shared) internal view returns (uint64) {
        bytes32 separator =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("LenderVote"), keccak256("1"), block.chainid, address(_sealed)));
        bytes memory all = abi.encode(keccak256("LenderVote/1/seal"), separator, index, sequence, seal, shared);
        return uint64(bytes8(keccak256(all)));
    }

    // --- ballots

    struct Sealed {
        uint256 index;
        uint8 sequence;
        uint256 seal;
        uint64 choice;
    }

    function _honest(uint256 index, uint8 sequence, uint64 plain) internal returns (Sealed memory) {
        (uint256 seal, uint64 choice) = _seal(index, sequence, plain);
        return Sealed(index, sequence, seal, choice);
    }

    function _recordOf(Sealed memory one) internal view returns (bytes memory) {
        bytes memory leaf = abi.encodePacked(_classOf(one.index), _points[one.index].x, _points[one.index].y);
        return abi.encodePacked(uint32(one.index), leaf, one.sequence, one.seal, one.choice);
    }

    function _sealedStructOf(Sealed memory one) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "SealedBallot(uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash)"
        );
        return keccak256(abi.encode(kind, one.index, one.sequence, one.seal, one.choice, PLAN_HASH, _keyHash));
    }

    function _sealedBallot(Sealed memory one) internal view returns (SealedBallot memory) {
        uint256 key = _ballotKey(one.index);
        bytes32 credential = _digest(address(_sealed), _credentialStruct(one.index, vm.addr(key), CLOSES));
        CompactSignature memory ballot = _short(_sign(key, _digest(address(_sealed), _sealedStructOf(one))));
        CompactSignature memory signed = _short(_sign(VERIFIER, credential));
        return SealedBallot(one.index, one.sequence, one.seal, one.choice, vm.addr(key), ballot, CLOSES, signed);
    }

    function _sendBallot(SealedBallot memory ballot, uint256 leafIndex, bytes memory reason) internal {
        if (reason.length != 0) _reverts(reason);
        _sealed.cast(ballot, _leaf(leafIndex), _proof(leafIndex));
    }

    function _castSealed(Sealed memory one) internal {
        _sendBallot(_sealedBallot(one), one.index, "");
        _records.push(_recordOf(one));
    }

    function _castPlain(uint256 index, uint8 sequence, uint64 plain) internal {
        _castSealed(_honest(index, sequence, plain));
    }

    function _sealedBatch(Sealed[] memory ballots) internal view returns (Batch memory batch) {
        bytes memory entries;
        uint256[] memory indexes = new uint256[](ballots.length);
        for (uint256 i = 0; i < ballots.length; ++i) {
            Sealed memory one = ballots[i];
            indexes[i] = one.index;
            uint256 key = _ballotKey(one.index);
            entries = abi.encodePacked(entries, uint32(one.index), vm.addr(key));
            bytes memory signature = _signCompact(key, _digest(address(_sealed), _sealedStructOf(one)));
            batch.ballots = abi.encodePacked(batch.ballots, one.sequence, one.seal, one.choice, signature);
            batch.leaves = abi.encodePacked(batch.leaves, _classOf(one.index), _points[one.index].x, _points[one.index].y);
        }
        batch.siblings = _siblings(indexes);
        bytes32 digest = _digest(address(_sealed), _listStruct(entries, CLOSES));
        batch.credentials = CredentialList(entries, CLOSES, _short(_sign(VERIFIER, digest)));
    }

    function _sendSealedBatch(Batch memory batch, bytes memory reason) internal {
        if (reason.length != 0) _reverts(reason);
        _sealed.castBatch(batch.credentials, batch.ballots, batch.leaves, batch.siblings);
    }

    // --- the box

    function _boxOf(uint256 count) internal view returns (bytes32 box) {
        for (uint256 i = 0; i < count; ++i) {
            box = keccak256(abi.encodePacked(box, _records[i]));
        }
    }

    /// The records from one place to another, joined.
    function _joined(uint256 from, uint256 to) internal view returns (bytes memory joined) {
        for (uint256 i = from; i < to; ++i) {
            joined = bytes.concat(joined, _records[i]);
        }
    }

    function _countFrom(uint256 from) internal {
        _sealed.count(_boxOf(from), _joined(from, _records.length));
        _shorten(from);
    }

    /// What was counted is in the box no more.
    function _shorten(uint256 to) internal {
        while (_records.length > to) _records.pop();
    }

    function _unsealAndCount() internal {
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        _countFrom(0);
    }

    /// Openings of choices by lender, motion by motion, two bits each; 0 takes no part.
    function _sealedOpenings(uint64[] memory plain, uint256 motions) internal view returns (Opening[] memory openings) {
        openings = new Opening[](motions * CLASSES);
        for (uint256 motion = 0; motion < motions; ++motion) {
            for (uint256 i = 0; i < plain.length; ++i) {
                Opening memory opening = openings[motion * CLASSES + _classOf(i)];
                uint256 choice = plain[i] >> (2 * motion) & 3;
                if (choice == 1) {
                    opening.fenFor = addmod(opening.fenFor, _fen(i), Curve.N);
                    opening.blindFor = addmod(opening.blindFor, _blind(i), Curve.N);
                } else if (choice == 2) {
                    opening.fenAgainst = addmod(opening.fenAgainst, _fen(i), Curve.N);
                    opening.blindAgainst = addmod(opening.blindAgainst, _blind(i), Curve.N);
                } else if (choice == 3) {
                    opening.fenAbstain = addmod(opening.fenAbstain, _fen(i), Curve.N);
                    opening.blindAbstain = addmod(opening.blindAbstain, _blind(i), Curve.N);
                }
            }
        }
    }
}
