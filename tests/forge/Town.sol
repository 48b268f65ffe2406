// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {Point} from "../../contracts/libraries/Secp256k1.sol";
import {Choice, CompactSignature, CredentialList, SignedBallot} from "../../contracts/types/Ballot.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTotals, Leaf} from "../../contracts/types/Register.sol";
import {Condition, Denominator, Measure, Numerator} from "../../contracts/types/Rule.sol";
import {Opening} from "../../contracts/types/Tally.sol";
import {Curve} from "./Curve.sol";
import {Papers} from "./Papers.sol";

/// A case with five officials of whom three decide, twelve lenders in two classes, and a poll.
abstract contract Town is Papers {
    uint256 internal constant OFFICIALS = 5;
    uint256 internal constant THRESHOLD = 3;
    uint256 internal constant LENDERS = 12;
    uint256 internal constant CLASSES = 2;
    uint256 internal constant DEPTH = 8;
    uint256 internal constant PLACES = 256;
    uint64 internal constant START = 1_700_000_000;
    uint64 internal constant OPENS = START + 1_000;
    uint64 internal constant CLOSES = OPENS + 10_000;
    uint64 internal constant CHALLENGE = 3_600;
    uint256 internal constant INSTITUTION = 0x1157;
    uint256 internal constant VERIFIER = 0x7e51;
    uint256 internal constant OTHER_VERIFIER = 0x7e52;
    uint256 internal constant STRANGER = 0xbad;
    address internal constant SENDER = address(0x5e4de5);

    /// What _openWith opens: a rehearsal unless a test says otherwise, so that periods can be short.
    bool internal _rehearsal = true;
    ICase internal _case;
    IOpenPoll internal _poll;
    Point[] internal _points;
    bytes32[] internal _nodes; // level by level, leaves first
    ClassTotals[] internal _totals;

    function _buildTown() internal {
        vm.warp(START);
        vm.startPrank(SENDER, SENDER); // a plain account, as the contracts ask
        _buildRegister();
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        _freeze(_root(), LENDERS, _totals);
        _submit(PLAN_HASH);
        _admit(0, PLAN_HASH);
        _poll = _announce(_terms());
    }

    // --- contracts: the compiler's, or a mutant's

    function _open(uint256 threshold, bytes memory institution) internal returns (ICase) {
        return _openWith(_officials(), threshold, institution);
    }

    function _openWith(bytes[] memory officials, uint256 threshold, bytes memory institution) internal returns (ICase) {
        string memory artifact = vm.envOr("CASE_ARTIFACT", string("Case.sol:Case"));
        bytes memory people = abi.encode(officials, threshold, institution, _rehearsal, _trustees(), keccak256(_sealedCode()));
        return ICase(vm.deployCode(artifact, people));
    }

    /// Creation code of the sealed poll.
    function _sealedCode() internal view returns (bytes memory) {
        return vm.getCode(vm.envOr("SEALED_ARTIFACT", string("SealedPoll.sol:SealedPoll")));
    }

    /// Those who hold shares of sealed polls' keys; none, where a test has no sealed polls.
    function _trustees() internal view virtual returns (bytes[] memory) {
        return new bytes[](0);
    }

    // --- people

    function _official(uint256 i) internal pure returns (uint256 key) {
        return 0x0ff1c1a1 + i;
    }

    function _ballotKey(uint256 index) internal pure returns (uint256 key) {
        return 0xba110700 + index;
    }

    function _signer(uint256 key) internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(key));
    }

    function _officials() internal pure returns (bytes[] memory officials) {
        officials = new bytes[](OFFICIALS);
        for (uint256 i = 0; i < OFFICIALS; ++i) {
            officials[i] = _signer(_official(i));
        }
    }

    // --- the register

    function _classOf(uint256 index) internal pure returns (uint8) {
        return uint8(index % CLASSES);
    }

    /// Lenders 4 and 6 have the same amount and blind, so that equal points meet.
    function _fen(uint256 index) internal pure virtual returns (uint256) {
        return index == 6 ? _fen(4) : 10_000 + 137 * index;
    }

    function _blind(uint256 index) internal pure returns (uint256) {
        return index == 6 ? _blind(4) : uint256(keccak256(abi.encode("blind", index))) % Curve.N;
    }

    function _leaf(uint256 index) internal view returns (Leaf memory) {
        return Leaf(_classOf(index), _points[index].x, _points[index].y);
    }

    function _leafHash(uint256 index) internal view returns (bytes32) {
        bytes memory words = abi.encode(index, uint256(_classOf(index)), _points[index].x, _points[index].y);
        return keccak256(bytes.concat(keccak256(words)));
    }

    function _buildRegister() private {
        for (uint256 k = 0; k < CLASSES; ++k) {
            _totals.push(ClassTotals(0, 0, 0));
        }
        for (uint256 i = 0; i < LENDERS; ++i) {
            _points.push(Curve.commit(_fen(i), _blind(i)));
            ClassTotals storage totals = _totals[_classOf(i)];
            totals.heads += 1;
            totals.amountFen = addmod(totals.amountFen, _fen(i), Curve.N);
            totals.blind = addmod(totals.blind, _blind(i), Curve.N);
        }
        for (uint256 i = 0; i < PLACES; ++i) {
            _nodes.push(i < LENDERS ? _leafHash(i) : bytes32(0));
        }
        for (uint256 from = 0; _nodes.length < 2 * PLACES - 1; from += 2) {
            _nodes.push(_parent(_nodes[from], _nodes[from + 1]));
        }
    }

    function _parent(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    function _root() internal view returns (bytes32) {
        return _nodes[2 * PLACES - 2];
    }

    function _node(uint256 level, uint256 position) private view returns (bytes32) {
        return _nodes[2 * PLACES - (2 * PLACES >> level) + position];
    }

    function _proof(uint256 index) internal view returns (bytes32[] memory proof) {
        proof = new bytes32[](DEPTH);
        for (uint256 level = 0; level < DEPTH; ++level) {
            proof[level] = _node(level, index >> level ^ 1);
        }
    }

    /// Multiproof in index order for ascending indexes: a place is known when one of the indexes is below it.
    function _siblings(uint256[] memory indexes) internal view returns (bytes32[] memory siblings) {
        bytes32[] memory found = new bytes32[](indexes.length * DEPTH);
        uint256 count = 0;
        for (uint256 level = 0; level < DEPTH; ++level) {
            for (uint256 i = 0; i < indexes.length; ++i) {
                uint256 position = indexes[i] >> level;
                bool seen = i > 0 && indexes[i - 1] >> level == position;
                if (!seen && !_covers(indexes, level, position ^ 1)) found[count++] = _node(level, position ^ 1);
            }
        }
        siblings = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            siblings[i] = found[i];
        }
    }

    function _covers(uint256[] memory indexes, uint256 level, uint256 position) private pure returns (bool) {
        for (uint256 i = 0; i < indexes.length; ++i) {
            if (indexes[i] >> level == position) return true;
        }
        return false;
    }

    // --- signatures

    function _signedByOfficials(ICase case_, bytes32 structHash, uint256 count)
        internal
        view
        returns (bytes[] memory signers, bytes[] memory signatures)
    {
        (signers, signatures) = (new bytes[](count), new bytes[](count));
        for (uint256 i = 0; i < count; ++i) {
            signers[i] = _signer(_official(i));
            signatures[i] = _sign(_official(i), _digest(address(case_), structHash));
        }
    }

    // --- acts of the case

    function _freeze(bytes32 root, uint256 leafCount, ClassTotals[] memory totals) internal returns (uint256) {
        bytes32 structHash = _freezeStruct(_case.registerCount(), root, leafCount, totals);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        return _case.freezeRegister(root, leafCount, totals, NAMES_HASH, PROOFS_HASH, signers, signatures);
    }

    function _submit(bytes32 planHash) internal returns (uint256) {
        bytes32 structHash = _submissionStruct(_case.planCount(), planHash);
        return _case.submitPlan(planHash, _sign(INSTITUTION, _digest(address(_case), structHash)));
    }

    function _admit(uint256 number, bytes32 planHash) internal {
        (bytes[] memory signers, bytes[] memory signatures) =
            _signedByOfficials(_case, _admissionStruct(number, planHash), THRESHOLD);
        _case.admitPlan(number, signers, signatures);
    }

    function _announce(PollParameters memory terms) internal returns (IOpenPoll) {
        bytes32 structHash = _announcementStruct(_case.pollCount(), terms, _rehearsal);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, structHash, THRESHOLD);
        return IOpenPoll(_case.announcePoll(terms, signers, signatures));
    }

    /// Heads: more than half of those taking part; amount: at least two thirds of for and against.
    function _terms() internal pure returns (PollParameters memory terms) {
        terms.conditions = new Condition[](2);
        terms.conditions[0] = Condition(Measure.Heads, Numerator.For, Denominator.TakingPart, 1, 2, true);
        terms.conditions[1] = Condition(Measure.Amount, Numerator.For, Denominator.ForAgainst, 2, 3, false);
        (terms.opensAt, terms.closesAt, terms.challengeSeconds) = (OPENS, CLOSES, CHALLENGE);
        terms.verifiers = new address[](2);
        (terms.verifiers[0], terms.verifiers[1]) = (vm.addr(VERIFIER), vm.addr(OTHER_VERIFIER));
        terms.receiptSigner = address(0x4e1a7);
    }

    // --- acts of the poll

    function _ballot(uint256 index, uint8 choice, uint8 sequence) internal view returns (SignedBallot memory ballot) {
        address ballotKey = vm.addr(_ballotKey(index));
        ballot = SignedBallot({
            index: index,
            choice: choice,
            sequence: sequence,
            ballotKey: ballotKey,
            ballotSignature: _short(_sign(_ballotKey(index), _digest(address(_poll), _ballotStruct(index, choice, sequence)))),
            credentialExpiresAt: CLOSES,
            credentialSignature: _short(_sign(VERIFIER, _digest(address(_poll), _credentialStruct(index, ballotKey, CLOSES))))
        });
    }

    /// A reason is the revert that is expected of it.
    function _send(SignedBallot memory ballot, Leaf memory leaf, bytes32[] memory proof, bytes memory reason) internal {
        if (reason.length != 0) _reverts(reason);
        _poll.cast(ballot, leaf, proof);
    }

    function _cast(uint256 index, uint8 choice, uint8 sequence) internal {
        _send(_ballot(index, choice, sequence), _leaf(index), _proof(index), "");
    }

    /// What castBatch takes.
    struct Batch {
        CredentialList credentials;
        bytes ballots;
        bytes leaves;
        bytes32[] siblings;
    }

    function _batch(uint256[] memory indexes, uint8[] memory choices, uint8[] memory sequences)
        internal
        view
        returns (Batch memory batch)
    {
        bytes memory entries;
        for (uint256 i = 0; i < indexes.length; ++i) {
            uint256 index = indexes[i];
            bytes32 digest = _digest(address(_poll), _ballotStruct(index, choices[i], sequences[i]));
            uint8 mark = uint8(sequences[i] << 2 | choices[i]);
            entries = abi.encodePacked(entries, uint32(index), vm.addr(_ballotKey(index)));
            batch.ballots = abi.encodePacked(batch.ballots, mark, _signCompact(_ballotKey(index), digest));
            batch.leaves = abi.encodePacked(batch.leaves, _classOf(index), _points[index].x, _points[index].y);
        }
        batch.siblings = _siblings(indexes);
        batch.credentials = _list(entries, CLOSES, VERIFIER);
    }

    function _list(bytes memory entries, uint64 expiresAt, uint256 key) internal view returns (CredentialList memory) {
        return CredentialList(entries, expiresAt, _short(_sign(key, _digest(address(_poll), _listStruct(entries, expiresAt)))));
    }

    function _sendBatch(Batch memory batch, bytes memory reason) internal {
        if (reason.length != 0) _reverts(reason);
        _poll.castBatch(batch.credentials, batch.ballots, batch.leaves, batch.siblings);
    }

    function _exclude(uint256 index, uint256 fen, uint256 blind, bytes memory reason) internal {
        (Leaf memory leaf, bytes32[] memory proof) = (_leaf(index), _proof(index));
        if (reason.length != 0) _reverts(reason);
        _poll.excludeLeaf(index, leaf, proof, fen, blind);
    }

    function _attest(uint256 key, bool approve, bytes memory reason) internal {
        bytes memory signature = _sign(key, _digest(address(_poll), _attestationStruct(_poll.resultHash(), approve)));
        bytes memory signer = _signer(key);
        if (reason.length != 0) _reverts(reason);
        _poll.attest(signer, approve, signature);
    }

    // --- what the sums should open to

    /// The openings that follow from what counts for each lender.
    function _openings() internal view returns (Opening[] memory openings) {
        openings = new Opening[](CLASSES);
        for (uint256 i = 0; i < LENDERS; ++i) {
            uint256 choice = _counted(i);
            Opening memory opening = openings[_classOf(i)];
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

    /// What the test knows of a lender's newest ballot; here the poll's own record.
    function _recorded(uint256 index) internal view virtual returns (uint256 sequence, uint256 choice) {
        (Choice chosen, uint8 newest) = _poll.ballotOf(index);
        return (newest, uint256(chosen));
    }

    /// The choice that counts: what is recorded, unless the leaf was taken out.
    function _counted(uint256 index) internal view returns (uint256 choice) {
        if (!_isOut(index)) (, choice) = _recorded(index);
    }

    /// Whether a test took the leaf out.
    function _isOut(uint256) internal view virtual returns (bool) {
        return false;
    }

    /// Heads and sums are those of the newest ballots, added up by the second writing of the curve.
    function _countsFromLeaves() internal view {
        uint256[4][CLASSES] memory heads;
        Point[4][CLASSES] memory sums;
        for (uint256 i = 0; i < LENDERS; ++i) {
            uint256 choice = _counted(i);
            heads[_classOf(i)][choice] += 1;
            sums[_classOf(i)][choice] = Curve.plus(sums[_classOf(i)][choice], _points[i]);
        }
        for (uint256 k = 0; k < CLASSES; ++k) {
            (uint256 for_, uint256 against, uint256 abstain) = _poll.heads(k);
            _equal(for_, heads[k][1], "heads for");
            _equal(against, heads[k][2], "heads against");
            _equal(abstain, heads[k][3], "heads abstaining");
            for (uint256 choice = 1; choice <= 3; ++choice) {
                (uint256 x, uint256 y) = _poll.sumOf(k, Choice(choice));
                _equal(x, sums[k][choice].x, "sum, x");
                _equal(y, sums[k][choice].y, "sum, y");
            }
        }
    }
}
