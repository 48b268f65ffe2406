// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ICase} from "../interfaces/ICase.sol";
import {Caller} from "../libraries/Caller.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {People} from "../types/People.sol";
import {Signers} from "./Signers.sol";

/// @title The officials of a case, of whom k decide
/// @notice Officials, threshold and institution are a generation: number 0 when the case is opened, later ones by approval/Successions.sol.
/// What was done under a generation stays with it. Who may be a signer stands in Signers.sol. No key is ever official and institution of one
/// case, not even in different generations: who submitted a plan shall not decide on it later. A case is a rehearsal, or it is not, from its
/// creation on.
abstract contract Officials is ICase {
    enum Role {
        None,
        Official,
        Institution
    }

    struct Generation {
        /// Hash of the generation before and the people, encoded: one text costs less code than a list of lists, and
        /// the creation code of a case has a limit (EIP-3860).
        bytes people;
        /// Of people.
        bytes32 hash;
        uint256 threshold;
        /// Place in officials, from 1; 0 for strangers.
        mapping(bytes32 signerHash => uint256 place) placeOf;
    }

    uint256 private constant MAX_OFFICIALS = 32;

    bool private immutable _REHEARSAL;
    /// By number; one that was named by a succession which was withdrawn is there, too, and never comes into office.
    mapping(uint256 generation => Generation) private _generations; // slot 0
    uint256 private _inOffice; // slot 1
    /// Of everybody who is or was in office.
    mapping(bytes32 signerHash => Role) private _roles; // slot 2

    modifier onlyPlainAccount() {
        if (!Caller.isPlainAccount()) revert Case_CalledThroughContract();
        _;
    }

    constructor(bytes[] memory officials_, uint256 threshold_, bytes memory institution_, bool rehearsal_) {
        _REHEARSAL = rehearsal_;
        People memory first = People({officials: officials_, threshold: threshold_, institution: institution_});
        _name(0, 0, first);
        _takeOffice(0, first);
        emit CaseOpened(officials_, threshold_, institution_, rehearsal_);
    }

    /// @inheritdoc ICase
    function officials() external view override returns (bytes[] memory) {
        return _peopleOf(_inOffice).officials;
    }

    /// @inheritdoc ICase
    function threshold() external view override returns (uint256) {
        return _generations[_inOffice].threshold;
    }

    /// @inheritdoc ICase
    function isOfficial(bytes calldata signer) external view override returns (bool) {
        return _isOfficialOf(_inOffice, signer);
    }

    /// @inheritdoc ICase
    function institution() external view override returns (bytes memory) {
        return _institutionOf(_inOffice);
    }

    /// @inheritdoc ICase
    function rehearsal() public view override returns (bool) {
        return _REHEARSAL;
    }

    function _current() internal view returns (uint256) {
        return _inOffice;
    }

    function _hashOf(uint256 generation_) internal view returns (bytes32) {
        return _generations[generation_].hash;
    }

    function _thresholdOf(uint256 generation_) internal view returns (uint256) {
        return _generations[generation_].threshold;
    }

    function _institutionOf(uint256 generation_) internal view returns (bytes memory) {
        return _peopleOf(generation_).institution;
    }

    function _encodedPeople(uint256 generation_) internal view returns (bytes memory) {
        return _generations[generation_].people;
    }

    function _peopleOf(uint256 generation_) internal view returns (People memory found) {
        (, found) = abi.decode(_encodedPeople(generation_), (bytes32, People));
    }

    function _isOfficialOf(uint256 generation_, bytes calldata signer) internal view returns (bool) {
        return _generations[generation_].placeOf[keccak256(signer)] != 0;
    }

    /// @dev Writes down who a generation would be; its number is fresh. It is not in office by that.
    function _name(uint256 generation_, bytes32 before, People memory people_) internal returns (bytes32 hash) {
        Generation storage named = _generations[generation_];
        uint256 count = people_.officials.length;
        if (count == 0) revert Case_NoOfficials();
        if (count > MAX_OFFICIALS) revert Case_TooManyOfficials(count);
        uint256 k = people_.threshold;
        if (k > count || k * 2 <= count) revert Case_ThresholdNotMajority(k, count);
        for (uint256 i = 0; i < count; ++i) {
            bytes32 signerHash = _requireRole(people_.officials[i], Role.Institution);
            if (named.placeOf[signerHash] != 0) revert Case_OfficialTwice(people_.officials[i]);
            named.placeOf[signerHash] = i + 1;
        }
        bytes32 institutionHash = _requireRole(people_.institution, Role.Official);
        if (named.placeOf[institutionHash] != 0) revert Case_InstitutionIsOfficial(people_.institution);
        bytes memory encoded = abi.encode(before, people_);
        hash = keccak256(encoded);
        named.people = encoded;
        named.threshold = k;
        named.hash = hash;
    }

    /// @dev From now on the named generation is the one in office.
    function _takeOffice(uint256 generation_, People memory people_) internal {
        _inOffice = generation_;
        for (uint256 i = 0; i < people_.officials.length; ++i) {
            _roles[keccak256(people_.officials[i])] = Role.Official;
        }
        _roles[keccak256(people_.institution)] = Role.Institution;
    }

    /// @dev Demands the signatures of k or more distinct officials of those in office over the struct, in any order.
    function _requireOfficials(bytes32 structHash, bytes[] calldata signers, bytes[] calldata signatures) internal view {
        _requireOfficialsOf(_inOffice, structHash, signers, signatures);
    }

    /// @dev Every signature that is handed in must be right: one that is wrong points at a mistake somebody should see.
    function _requireOfficialsOf(
        uint256 generation_,
        bytes32 structHash,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) internal view {
        Generation storage deciding = _generations[generation_];
        uint256 count = signers.length;
        if (count != signatures.length) revert Officials_LengthsDiffer(count, signatures.length);
        if (count < deciding.threshold) revert Officials_TooFewSigners(count, deciding.threshold);
        bytes32 digest = _digestOf(generation_, structHash);
        uint256 seen = 0; // one bit a place
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata signer = signers[i];
            uint256 place = deciding.placeOf[keccak256(signer)];
            if (place == 0) revert Officials_NotAnOfficial(signer);
            if (seen >> place & 1 == 1) revert Officials_SignedTwice(signer);
            seen |= 1 << place;
            if (!Signers.hasSigned(signer, digest, signatures[i])) revert Officials_SignatureWrong(signer);
        }
    }

    /// @dev What officials and institution of a generation sign. The domain of a later generation has its hash as salt, so that nothing that
    /// was signed before a succession can be sent after it, not even by somebody who stays in office.
    function _digestOf(uint256 generation_, bytes32 structHash) internal view returns (bytes32) {
        bytes32 salt = generation_ == 0 ? bytes32(0) : _generations[generation_].hash;
        return MessageHashUtils.toTypedDataHash(TypedData.separator(salt), structHash);
    }

    /// @dev Relay and verifiers are plain keys, and neither official nor institution, now or before: nobody shall check their own work.
    function _requireOutsider(address key) internal view {
        if (_roles[keccak256(abi.encodePacked(key))] != Role.None) revert Poll_RoleHeldTwice(key);
    }

    function _requireRole(bytes memory signer, Role other) private view returns (bytes32 signerHash) {
        if (!Signers.isAllowed(signer)) revert Case_SignerNotAllowed(signer);
        signerHash = keccak256(signer);
        if (_roles[signerHash] == other) revert Case_InstitutionIsOfficial(signer);
    }
}
