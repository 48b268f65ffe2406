// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISealedPoll} from "../../contracts/interfaces/ISealedPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice, CredentialList} from "../../contracts/types/Ballot.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {SealedParameters, SealKey} from "../../contracts/types/Seal.sol";
import {Curve} from "./Curve.sol";
import {WideTown} from "./WideTown.sol";

/// Sealed ballots of a wide register: words of storage that are shared and others that are not, sixteen classes, and the last of everything.
contract SealedWideTest is WideTown {
    mapping(uint256 index => uint8) private _sequences;
    mapping(uint256 index => uint64) private _plains;

    function setUp() public {
        _buildTown();
        SealedParameters memory terms = _sealedTerms(2);
        terms.poll.registerNumber = _freezeWide();
        _sealed = _announceSealed(terms, _keyOf(SECRET, "roll"));
        _keyHash = _sealed.sealKeyHash();
        vm.warp(OPENS);
    }

    /// Motions times classes, of which there are sixteen here.
    function test_noMoreSumsThanOneTransactionOpens() public {
        SealedParameters memory terms = _sealedTerms(6);
        (terms.poll.opensAt, terms.poll.closesAt) = (OPENS + 100, CLOSES + 100);
        terms.poll.registerNumber = 1;
        SealKey memory key = _keyOf(SECRET + 1, "second");
        _sendSealed(_sealedCode(), terms, key, _confirmationsOf(SECRET + 1, key), abi.encodeWithSelector(ISealedPoll.Poll_TooManySums.selector, 96));
        terms.motions = 5;
        _equal(_sendSealed(_sealedCode(), terms, key, _confirmationsOf(SECRET + 1, key), "").motions(), 5, "eighty");
    }

    function test_oneByOneAmongNeighbours() public {
        uint256[] memory all = _indexes();
        for (uint256 i = 0; i < all.length; ++i) {
            _castWide(all[i], uint8(1 + i % 2 * i), _choices(i));
        }
        _asTheBookSays();
        for (uint256 i = 0; i < all.length; i += 2) {
            _castWide(all[i], uint8(21 + i), _choices(i + 1));
        }
        _asTheBookSays();
        _countedAsTheBookSays(5);
    }

    function test_batchesAmongNeighbours() public {
        uint256[] memory all = _indexes();
        _sendAll(all, 1, 0);
        _asTheBookSays();
        _sendAll(all, 2, 1);
        _asTheBookSays();
        _castWide(all[3], 40, _choices(7));
        _sendAll(all, 63, 2);
        _asTheBookSays();
        _countedAsTheBookSays(all.length);
    }

    /// Two bits a motion.
    function _choices(uint256 draw) private pure returns (uint64) {
        return uint64(1 + draw % 3 | (1 + (draw / 2) % 3) << 2);
    }

    function _castWide(uint256 index, uint8 sequence, uint64 plain) private {
        Sealed memory one = _honest(index, sequence, plain);
        _sealed.cast(_sealedBallot(one), _wideLeaf(index), _wideProof(index));
        _note(one, plain);
    }

    function _sendAll(uint256[] memory indexes, uint8 sequence, uint256 turn) private {
        Batch memory batch;
        bytes memory entries;
        for (uint256 i = 0; i < indexes.length; ++i) {
            Sealed memory one = _honest(indexes[i], sequence, _choices(i + turn));
            uint256 key = _ballotKey(one.index);
            entries = abi.encodePacked(entries, uint32(one.index), vm.addr(key));
            bytes memory signature = _signCompact(key, _digest(address(_sealed), _sealedStructOf(one)));
            batch.ballots = abi.encodePacked(batch.ballots, one.sequence, one.seal, one.choice, signature);
            batch.leaves = bytes.concat(batch.leaves, _leafBytes(one.index));
            _note(one, _choices(i + turn));
        }
        batch.siblings = _wideSiblings(indexes);
        bytes32 digest = _digest(address(_sealed), _listStruct(entries, CLOSES));
        batch.credentials = CredentialList(entries, CLOSES, _short(_sign(VERIFIER, digest)));
        _sendSealedBatch(batch, "");
    }

    function _leafBytes(uint256 index) private view returns (bytes memory) {
        Leaf memory leaf = _wideLeaf(index);
        return abi.encodePacked(leaf.votingClass, leaf.x, leaf.y);
    }

    function _note(Sealed memory one, uint64 plain) private {
        (_sequences[one.index], _plains[one.index]) = (one.sequence, plain);
        _records.push(abi.encodePacked(uint32(one.index), _leafBytes(one.index), one.sequence, one.seal, one.choice));
    }

    function _asTheBookSays() private view {
        _true(_sealed.box() == _boxOf(_records.length), "box");
        for (uint256 index = 0; index < WIDE; ++index) {
            _equal(_sealed.sequenceOf(index), _sequences[index], "sequence");
        }
    }

    function _countedAsTheBookSays(uint256 size) private {
        vm.warp(CLOSES);
        _sealed.unseal(SECRET);
        while (_records.length != 0) {
            _countFrom(_records.length > size ? _records.length - size : 0);
        }
        for (uint256 motion = 0; motion < 2; ++motion) {
            for (uint256 k = 0; k < WIDE_CLASSES; ++k) {
                _isCounted(motion, k);
            }
        }
        _true(_sealed.stage() == ISealedPoll.Stage.Counted, "counted");
    }

    function _isCounted(uint256 motion, uint256 k) private view {
        uint256[4] memory heads;
        Point[4] memory sums;
        for (uint256 i = 0; i < _voters.length; ++i) {
            uint256 choice = _plains[_voters[i]] >> (2 * motion) & 3;
            Leaf memory leaf = _wideLeaf(_voters[i]);
            if (leaf.votingClass != k || choice == 0) continue;
            heads[choice] += 1;
            sums[choice] = Curve.plus(sums[choice], Point(leaf.x, leaf.y));
        }
        (uint256 a, uint256 b, uint256 c) = _sealed.heads(motion, k);
        _true(a == heads[1] && b == heads[2] && c == heads[3] && _sealed.invalid(k) == 0, "heads");
        for (uint256 choice = 1; choice < 4; ++choice) {
            (uint256 x, uint256 y) = _sealed.sumOf(motion, k, Choice(choice));
            _true(x == sums[choice].x && y == sums[choice].y, "sum");
        }
    }
}
