// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "../../contracts/types/Ballot.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Cheats} from "./Cheats.sol";

/// What is signed in a case, and how, written a second time after the protocol.
abstract contract Papers is Cheats {
    bytes32 internal constant PLAN_HASH = keccak256("the plan");
    bytes32 internal constant NAMES_HASH = keccak256("the names of the classes");
    bytes32 internal constant PROOFS_HASH = keccak256("a file of range proofs");

    bytes32 internal constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function _digest(address contract_, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("LenderVote"), keccak256("1"), block.chainid, contract_));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// r and vs of r, s, v. A high s does not fit into it: what comes out is another, wrong signature.
    function _short(bytes memory signature) internal pure returns (CompactSignature memory short) {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        short = CompactSignature(r, bytes32(uint256(s) | uint256(uint8(signature[64]) - 27) << 255));
    }

    /// 64 bytes after EIP-2098.
    function _signCompact(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, uint256(s) | uint256(v - 27) << 255);
    }

    function _freezeStruct(uint256 number, bytes32 root, uint256 leafCount, ClassTotals[] memory totals)
        internal
        pure
        returns (bytes32)
    {
        bytes32 kind = keccak256(
            "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash,bytes32 classNamesHash,bytes32 rangeProofsHash)"
        );
        bytes32 classesHash = keccak256(abi.encode(totals));
        return keccak256(abi.encode(kind, number, root, leafCount, classesHash, NAMES_HASH, PROOFS_HASH));
    }

    function _submissionStruct(uint256 number, bytes32 planHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("PlanSubmission(uint256 planNumber,bytes32 planHash)"), number, planHash));
    }

    function _admissionStruct(uint256 number, bytes32 planHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("PlanAdmission(uint256 planNumber,bytes32 planHash)"), number, planHash));
    }

    function _announcementStruct(uint256 number, PollParameters memory terms, bool rehearsal)
        internal
        pure
        returns (bytes32) {
        bytes32 kind = keccak256("PollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bool rehearsal)");
        return keccak256(abi.encode(kind, number, keccak256(abi.encode(terms)), rehearsal));
    }

    function _credentialStruct(uint256 index, address ballotKey, uint64 expiresAt) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Credential(uint256 index,address ballotKey,uint64 expiresAt)");
        return keccak256(abi.encode(kind, index, ballotKey, expiresAt));
    }

    function _listStruct(bytes memory entries, uint64 expiresAt) internal pure returns (bytes32) {
        bytes32 kind = keccak256("CredentialList(bytes entries,uint64 expiresAt)");
        return keccak256(abi.encode(kind, keccak256(entries), expiresAt));
    }

    function _ballotStruct(uint256 index, uint256 choice, uint256 sequence) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Ballot(uint256 index,uint8 choice,uint8 sequence,bytes32 planHash)");
        return keccak256(abi.encode(kind, index, choice, sequence, PLAN_HASH));
    }

    function _attestationStruct(bytes32 resultHash, bool approve) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Attestation(bytes32 resultHash,bool approve)"), resultHash, approve));
    }
}
