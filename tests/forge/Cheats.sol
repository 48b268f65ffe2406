// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What the tests ask of forge.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function warp(uint256 timestamp) external;
    function prank(address sender, address origin) external;
    function startPrank(address sender, address origin) external;
    function stopPrank() external;
    function expectRevert(bytes calldata data) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function assume(bool condition) external pure;
    function etch(address target, bytes calldata code) external;
    function envOr(string calldata name, string calldata otherwise) external view returns (string memory);
    function deployCode(string calldata artifact, bytes calldata arguments) external returns (address);
    function deployCode(string calldata artifact) external returns (address);
    function getCode(string calldata artifact) external view returns (bytes memory);
    function createWallet(uint256 key) external returns (Wallet memory);
    function load(address target, bytes32 slot) external view returns (bytes32);
    function store(address target, bytes32 slot, bytes32 value) external;
    function roll(uint256 blockNumber) external;
    function setBlockhash(uint256 blockNumber, bytes32 blockHash) external;
    function computeCreateAddress(address creator, uint256 nonce) external pure returns (address);
    function readFile(string calldata path) external view returns (string memory);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function signP256(uint256 key, bytes32 digest) external pure returns (bytes32 r, bytes32 s);
    function publicKeyP256(uint256 key) external pure returns (uint256 x, uint256 y);
    function toBase64URL(bytes calldata data) external pure returns (string memory);
}

struct Wallet {
    address addr;
    uint256 publicKeyX;
    uint256 publicKeyY;
    uint256 privateKey;
}

struct Log {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// Short words for tests. A failed assertion reverts with its sentence.
abstract contract Cheats {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    bool public constant IS_TEST = true;

    error Assertion_Failed(string sentence, uint256 left, uint256 right);

    function _equal(uint256 left, uint256 right, string memory sentence) internal pure {
        if (left != right) revert Assertion_Failed(sentence, left, right);
    }

    function _true(bool holds, string memory sentence) internal pure {
        if (!holds) revert Assertion_Failed(sentence, 0, 1);
    }

    function _bound(uint256 word, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + word % (most - least + 1);
    }

    /// The next call reverts with exactly this error.
    function _reverts(bytes memory reason) internal {
        vm.expectRevert(reason);
    }

    /// The one event that was recorded, by this contract and of this kind.
    function _onlyLog(address emitter, bytes32 kind) internal returns (Log memory) {
        Log[] memory logs = vm.getRecordedLogs();
        _equal(logs.length, 1, "one event");
        _true(logs[0].emitter == emitter && logs[0].topics[0] == kind, "another event");
        return logs[0];
    }
}
