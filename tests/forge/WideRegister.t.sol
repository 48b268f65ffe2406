// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPoll} from "../../contracts/interfaces/IPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice, SignedBallot} from "../../contracts/types/Ballot.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {Curve} from "./Curve.sol";
import {WideTown} from "./WideTown.sol";

/// A thousand lenders in sixteen classes under eight verifiers: records that share words and those that do not, the last class, the last
/// verifier, and a leaf of a class that the register does not have.
contract WideRegisterTest is WideTown {
    uint256 private constant VERIFIERS = 8;

    struct Book {
        uint8 choice;
        uint8 sequence;
    }

    mapping(uint256 index => Book) private _book;

    function setUp() public {
        _buildTown();
        PollParameters memory terms = _terms();
        terms.registerNumber = _freezeWide();
        terms.verifiers = new address[](VERIFIERS);
        for (uint256 i = 0; i < VERIFIERS; ++i) {
            terms.verifiers[i] = vm.addr(_verifier(i));
        }
        _poll = _announce(terms);
        vm.warp(OPENS);
    }

    function test_oneByOneAmongNeighbours() public {
        for (uint256 i = 0; i < _voters.length; ++i) {
            if (_voters[i] != CLASSLESS) _castWide(_voters[i], uint8(1 + i % 3), 1, i % VERIFIERS);
        }
        _asTheBookSays();
        for (uint256 i = 0; i < _voters.length; ++i) {
            if (_voters[i] != CLASSLESS) _castWide(_voters[i], uint8(1 + (i + 1) % 3), uint8(2 + 3 * i), (i + 1) % VERIFIERS);
        }
        _asTheBookSays();
    }

    function test_batchesAmongNeighbours() public {
        uint256[] memory all = _indexes();
        _castAll(all, 0, 1);
        _asTheBookSays();
        _castAll(all, 1, 2);
        _asTheBookSays();
        _castAll(all, 2, 63);
        _asTheBookSays();
    }

    function test_aloneAndInBatchesInTurn() public {
        uint256[] memory all = _indexes();
        for (uint256 i = 0; i < all.length; i += 2) {
            _castWide(all[i], uint8(1 + i % 3), 1, 0);
        }
        _castAll(all, 1, 5);
        _asTheBookSays();
        for (uint256 i = 1; i < all.length; i += 2) {
            _castWide(all[i], uint8(1 + i % 3), 6, 7);
        }
        _asTheBookSays();
    }

    /// A ballot of sequence 1 is recorded without its number; it stands all the same.
    function test_batchDoesNotTakeTheSameSequenceTwice() public {
        uint256[] memory all = _indexes();
        _castAll(all, 0, 1);
        for (uint8 sequence = 1; sequence < 10; sequence += 4) {
            vm.recordLogs();
            _sendWide(all, 1, sequence);
            _equal(vm.getRecordedLogs().length, all.length, "each rejected, none recorded");
            _asTheBookSays();
            _castAll(all, 2, sequence + 4);
        }
    }

    function test_everyVerifierAndNobodyElse() public {
        for (uint256 i = 0; i < VERIFIERS; ++i) {
            _castWide(_voters[i], 1, 1, i);
        }
        _asTheBookSays();
        SignedBallot memory ballot = _wideBallot(999, 1, 1, VERIFIERS);
        _reverts(abi.encodeWithSelector(IPoll.Poll_CredentialNotSignedByVerifier.selector));
        _poll.cast(ballot, _wideLeaf(999), _wideProof(999));
    }

    function test_classThatTheRegisterDoesNotHave() public {
        bytes memory reason = abi.encodeWithSelector(IPoll.Poll_ClassOutOfRange.selector, WIDE_CLASSES, WIDE_CLASSES);
        SignedBallot memory ballot = _wideBallot(CLASSLESS, 1, 1, 0);
        _reverts(reason);
        _poll.cast(ballot, _wideLeaf(CLASSLESS), _wideProof(CLASSLESS));
        uint256[] memory alone = new uint256[](1);
        alone[0] = CLASSLESS;
        Batch memory batch = _wideBatch(alone, 1, 1);
        _sendBatch(batch, reason);
    }

    // --- acts

    function _verifier(uint256 i) private pure returns (uint256 key) {
        return 0x7e5100 + i;
    }

    function _wideBallot(uint256 index, uint8 choice, uint8 sequence, uint256 verifier)
        private
        view
        returns (SignedBallot memory ballot)
    {
        ballot = _ballot(index, choice, sequence);
        bytes32 structHash = _credentialStruct(index, ballot.ballotKey, CLOSES);
        ballot.credentialSignature = _short(_sign(_verifier(verifier), _digest(address(_poll), structHash)));
    }

    function _castWide(uint256 index, uint8 choice, uint8 sequence, uint256 verifier) private {
        _poll.cast(_wideBallot(index, choice, sequence, verifier), _wideLeaf(index), _wideProof(index));
        _book[index] = Book(choice, sequence);
    }

    function _castAll(uint256[] memory indexes, uint256 turn, uint8 sequence) private {
        _sendWide(indexes, turn, sequence);
        for (uint256 i = 0; i < indexes.length; ++i) {
            _book[indexes[i]] = Book(_choice(i, turn), sequence);
        }
    }

    function _sendWide(uint256[] memory indexes, uint256 turn, uint8 sequence) private {
        _sendBatch(_wideBatch(indexes, turn, sequence), "");
    }

    function _choice(uint256 i, uint256 turn) private pure returns (uint8) {
        return uint8(1 + (i + turn) % 3);
    }

    function _wideBatch(uint256[] memory indexes, uint256 turn, uint8 sequence) private view returns (Batch memory batch) {
        bytes memory entries;
        for (uint256 i = 0; i < indexes.length; ++i) {
            uint256 index = indexes[i];
            uint8 choice = _choice(i, turn);
            bytes32 digest = _digest(address(_poll), _ballotStruct(index, choice, sequence));
            entries = abi.encodePacked(entries, uint32(index), vm.addr(_ballotKey(index)));
            batch.ballots = abi.encodePacked(batch.ballots, uint8(sequence << 2 | choice), _signCompact(_ballotKey(index), digest));
            Leaf memory leaf = _wideLeaf(index);
            batch.leaves = abi.encodePacked(batch.leaves, leaf.votingClass, leaf.x, leaf.y);
        }
        batch.siblings = _wideSiblings(indexes);
        batch.credentials = _list(entries, CLOSES, _verifier(VERIFIERS - 1));
    }

    /// Records, heads and sums of every class are those of the book, added up by the second writing of the curve.
    function _asTheBookSays() private view {
        uint256[4][WIDE_CLASSES] memory heads;
        Point[4][WIDE_CLASSES] memory sums;
        for (uint256 i = 0; i < _voters.length; ++i) {
            uint256 index = _voters[i];
            Book memory entry = _book[index];
            (Choice choice, uint8 sequence) = _poll.ballotOf(index);
            _equal(uint256(choice), entry.choice, "choice");
            _equal(sequence, entry.sequence, "sequence");
            if (entry.choice == 0) continue;
            Leaf memory leaf = _wideLeaf(index);
            heads[leaf.votingClass][entry.choice] += 1;
            Point memory sum = sums[leaf.votingClass][entry.choice];
            sums[leaf.votingClass][entry.choice] = Curve.plus(sum, Point(leaf.x, leaf.y));
        }
        for (uint256 k = 0; k < WIDE_CLASSES; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = _poll.heads(k);
            _equal(for_ | against << 64 | abstain << 128, heads[k][1] | heads[k][2] << 64 | heads[k][3] << 128, "heads");
            for (uint256 choice = 1; choice <= 3; ++choice) {
                (uint256 x, uint256 y) = _poll.sumOf(k, Choice(choice));
                _equal(x, sums[k][choice].x, "sum, x");
                _equal(y, sums[k][choice].y, "sum, y");
            }
        }
    }
}
