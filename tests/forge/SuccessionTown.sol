// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOpenPoll} from "../../contracts/interfaces/IOpenPoll.sol";
import {People} from "../../contracts/types/People.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {SealedTown} from "./SealedTown.sol";

/// The town with people who come after those who opened the case; hashes and the salted domain written a second time after the protocol
/// (section 24).
abstract contract SuccessionTown is SealedTown {
    bytes32 internal constant SALTED_DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)");
    bytes32 internal constant WHY = keccak256("two officials moved away");
    uint32 internal constant NOTICE = 200;

    /// A generation by the keys of its people.
    struct Named {
        uint256[] officials;
        uint256 threshold;
        uint256 institution;
    }

    function _first() internal pure returns (Named memory) {
        return _named(_keys(_official(0), OFFICIALS), THRESHOLD, INSTITUTION);
    }

    /// Four people nobody knew before, of whom three decide.
    function _second() internal pure returns (Named memory) {
        return _named(_keys(0x2d0000, 4), 3, 0x2d1157);
    }

    function _third() internal pure returns (Named memory) {
        return _named(_keys(0x3d0000, 3), 2, 0x3d1157);
    }

    function _named(uint256[] memory officials, uint256 threshold, uint256 institution) internal pure returns (Named memory) {
        return Named(officials, threshold, institution);
    }

    function _keys(uint256 from, uint256 count) internal pure returns (uint256[] memory keys) {
        keys = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            keys[i] = from + i;
        }
    }

    function _people(Named memory named) internal pure returns (People memory people) {
        people.officials = new bytes[](named.officials.length);
        for (uint256 i = 0; i < named.officials.length; ++i) {
            people.officials[i] = _signer(named.officials[i]);
        }
        (people.threshold, people.institution) = (named.threshold, _signer(named.institution));
    }

    /// What people() answers, of which the keccak is the hash.
    function _encoded(bytes32 before, Named memory named) internal pure returns (bytes memory) {
        return abi.encode(before, _people(named));
    }

    function _hashAfter(bytes32 before, Named memory named) internal pure returns (bytes32) {
        return keccak256(_encoded(before, named));
    }

    function _firstHash() internal pure returns (bytes32) {
        return _hashAfter(0, _first());
    }

    /// A salt of 0: generation 0.
    function _saltedDigest(bytes32 salt, bytes32 structHash) internal view returns (bytes32) {
        if (salt == 0) return _digest(address(_case), structHash);
        bytes memory words = abi.encode(
            SALTED_DOMAIN_TYPE, keccak256("LenderVote"), keccak256("1"), block.chainid, address(_case), salt
        );
        return keccak256(abi.encodePacked(hex"1901", keccak256(words), structHash));
    }

    /// The first `count` of these people, under their generation's salt.
    function _signedBy(Named memory named, uint256 count, bytes32 salt, bytes32 structHash)
        internal
        view
        returns (bytes[] memory signers, bytes[] memory signatures)
    {
        (signers, signatures) = (new bytes[](count), new bytes[](count));
        for (uint256 i = 0; i < count; ++i) {
            signers[i] = _signer(named.officials[i]);
            signatures[i] = _sign(named.officials[i], _saltedDigest(salt, structHash));
        }
    }

    function _successionStruct(uint256 number, bytes32 before, bytes32 named, uint32 notice, bytes32 why)
        internal
        pure
        returns (bytes32)
    {
        bytes32 kind = keccak256(
            "Succession(uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash)"
        );
        return keccak256(abi.encode(kind, number, before, named, notice, why));
    }

    function _withdrawalStruct(uint256 number) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("SuccessionWithdrawal(uint256 successionNumber)"), number));
    }

    // --- acts of the case; a reason is the revert that is expected of it

    /// k of those in office, whose hash is `before` and whose salt is `salt`, name others.
    function _nameNext(Named memory deciding, bytes32 before, bytes32 salt, uint256 number, Named memory next, bytes memory reason)
        internal
    {
        bytes32 structHash = _successionStruct(number, before, _hashAfter(before, next), NOTICE, WHY);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(deciding, deciding.threshold, salt, structHash);
        _sendNext(next, NOTICE, WHY, signers, signatures, reason);
    }

    function _sendNext(
        Named memory next,
        uint32 notice,
        bytes32 why,
        bytes[] memory signers,
        bytes[] memory signatures,
        bytes memory reason
    ) internal {
        People memory people = _people(next);
        if (reason.length != 0) _reverts(reason);
        _case.announceSuccession(people, notice, why, signers, signatures);
    }

    function _withdraw(Named memory deciding, bytes32 salt, uint256 number, bytes memory reason) internal {
        (bytes[] memory signers, bytes[] memory signatures) =
            _signedBy(deciding, deciding.threshold, salt, _withdrawalStruct(number));
        if (reason.length != 0) _reverts(reason);
        _case.withdrawSuccession(signers, signatures);
    }

    function _complete() internal {
        (,, uint64 holdsFrom) = _case.successions();
        if (block.timestamp < holdsFrom) vm.warp(holdsFrom);
        _case.completeSuccession();
    }

    /// The first generation names this one, which comes into office; its hash.
    function _succeedFirst(Named memory next) internal returns (bytes32) {
        (uint64 count,,) = _case.successions();
        _nameNext(_first(), _firstHash(), 0, count + 1, next, "");
        _complete();
        return _hashAfter(_firstHash(), next);
    }

    function _announceBy(Named memory deciding, bytes32 salt, PollParameters memory terms, bytes memory reason)
        internal
        returns (IOpenPoll)
    {
        bytes32 structHash = _announcementStruct(_case.pollCount(), terms, _rehearsal);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(deciding, deciding.threshold, salt, structHash);
        if (reason.length != 0) _reverts(reason);
        return IOpenPoll(_case.announcePoll(terms, signers, signatures));
    }

    function _reason(bytes4 selector, uint256 word) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, word);
    }

    // --- what there is to see

    function _isWaiting(uint256 count, uint256 pending, uint256 holdsFrom) internal view {
        (uint64 counted, uint64 waiting, uint64 from) = _case.successions();
        _true(counted == count && waiting == pending && from == holdsFrom, "successions");
    }

    function _isInOffice(uint256 number, bytes32 before, Named memory named) internal view {
        _equal(_case.generation(), number, "generation");
        People memory people = _people(named);
        _true(keccak256(abi.encode(_case.officials())) == keccak256(abi.encode(people.officials)), "officials");
        _equal(_case.threshold(), named.threshold, "threshold");
        _true(keccak256(_case.institution()) == keccak256(people.institution), "institution");
        _true(keccak256(_case.people(number)) == _hashAfter(before, named), "hash");
        for (uint256 i = 0; i < people.officials.length; ++i) {
            _true(_case.isOfficial(people.officials[i]), "an official");
        }
        _true(!_case.isOfficial(people.institution), "the institution is none");
    }
}
