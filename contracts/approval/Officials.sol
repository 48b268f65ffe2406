// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICase} from "../interfaces/ICase.sol";
import {Caller} from "../libraries/Caller.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Signers} from "./Signers.sol";

/// @title The officials of a case, of whom k decide
/// @notice Officials, threshold and institution are fixed when the case is opened. Who may be a signer stands in Signers.sol. The
/// institution is none of the officials: it submits the plans on which they decide. A case is a rehearsal, or it is not, from its creation
/// on.
abstract contract Officials is ICase, EIP712 {
    uint256 private constant MAX_OFFICIALS = 32;

    uint256 private immutable _THRESHOLD;
    bool private immutable _REHEARSAL;
    bytes[] private _officials; // slot 2
    /// Place in _officials, from 1; 0 for strangers.
    mapping(bytes32 signerHash => uint256 place) private _placeOf; // slot 3
    bytes private _institution; // slot 4

    modifier onlyPlainAccount() {
        if (!Caller.isPlainAccount()) revert Case_CalledThroughContract();
        _;
    }

    constructor(bytes[] memory officials_, uint256 threshold_, bytes memory institution_, bool rehearsal_)
        EIP712(TypedData.NAME, TypedData.VERSION)
    {
        uint256 count = officials_.length;
        if (count == 0) revert Case_NoOfficials();
        if (count > MAX_OFFICIALS) revert Case_TooManyOfficials(count);
        if (threshold_ > count || threshold_ * 2 <= count) revert Case_ThresholdNotMajority(threshold_, count);
        for (uint256 i = 0; i < count; ++i) {
            _requireSigner(officials_[i]);
            bytes32 signerHash = keccak256(officials_[i]);
            if (_placeOf[signerHash] != 0) revert Case_OfficialTwice(officials_[i]);
            _placeOf[signerHash] = i + 1;
        }
        _requireSigner(institution_);
        if (_placeOf[keccak256(institution_)] != 0) revert Case_InstitutionIsOfficial(institution_);
        _officials = officials_;
        _THRESHOLD = threshold_;
        _institution = institution_;
        _REHEARSAL = rehearsal_;
        emit CaseOpened(officials_, threshold_, institution_, rehearsal_);
    }

    /// @inheritdoc ICase
    function officials() external view override returns (bytes[] memory) {
        return _officials;
    }

    /// @inheritdoc ICase
    function threshold() external view override returns (uint256) {
        return _THRESHOLD;
    }

    /// @inheritdoc ICase
    function isOfficial(bytes calldata signer) external view override returns (bool) {
        return _placeOf[keccak256(signer)] != 0;
    }

    /// @inheritdoc ICase
    function institution() public view override returns (bytes memory) {
        return _institution;
    }

    /// @inheritdoc ICase
    function rehearsal() public view override returns (bool) {
        return _REHEARSAL;
    }

    /// @dev Demands the signatures of k or more distinct officials over the struct, in any order. Every signature that is handed in must
    /// be right: one that is wrong points at a mistake somebody should see.
    function _requireOfficials(bytes32 structHash, bytes[] calldata signers, bytes[] calldata signatures) internal view {
        uint256 count = signers.length;
        if (count != signatures.length) revert Officials_LengthsDiffer(count, signatures.length);
        if (count < _THRESHOLD) revert Officials_TooFewSigners(count, _THRESHOLD);
        bytes32 digest = _hashTypedDataV4(structHash);
        uint256 seen = 0; // one bit a place
        for (uint256 i = 0; i < count; ++i) {
            bytes calldata signer = signers[i];
            uint256 place = _placeOf[keccak256(signer)];
            if (place == 0) revert Officials_NotAnOfficial(signer);
            if (seen >> place & 1 == 1) revert Officials_SignedTwice(signer);
            seen |= 1 << place;
            if (!Signers.hasSigned(signer, digest, signatures[i])) revert Officials_SignatureWrong(signer);
        }
    }

    /// @dev Relay and verifiers are plain keys, and neither official nor institution: nobody shall check their own work.
    function _requireOutsider(address key) internal view {
        bytes memory signer = abi.encodePacked(key);
        if (_placeOf[keccak256(signer)] != 0 || keccak256(signer) == keccak256(_institution)) revert Poll_RoleHeldTwice(key);
    }

    function _requireSigner(bytes memory signer) private view {
        if (!Signers.isAllowed(signer)) revert Case_SignerNotAllowed(signer);
    }
}
