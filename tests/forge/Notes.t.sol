// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {Log} from "./Cheats.sol";
import {Town} from "./Town.sol";

/// Notes and checkpoints (protocol, section 8.3).
contract NotesTest is Town {
    address private constant BLOCK_HASHES = 0x0000F90827F1C53a10cb7A02335B175320002935;
    /// The code that EIP-2935 gives, byte by byte.
    bytes private constant BLOCK_HASHES_CODE =
        hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
    uint256 private constant HERE = 20_000;

    function setUp() public {
        _buildTown();
        vm.roll(HERE);
        vm.etch(BLOCK_HASHES, "");
    }

    function testFuzz_noteSaysWhatWasSent(bytes32 subject, bytes calldata data) public {
        vm.recordLogs();
        _case.note(subject, data);
        Log memory log = _onlyLog(address(_case), ICase.Noted.selector);
        _true(log.topics.length == 3 && log.topics[1] == bytes32(uint256(uint160(SENDER))) && log.topics[2] == subject, "topics");
        _true(keccak256(log.data) == keccak256(abi.encode(data)), "data");
    }

    function test_blocksByBlockhash() public {
        _hash(HERE - 1, keccak256("a"));
        _hash(HERE - 256, keccak256("b"));
        _writes(_numbers(HERE - 256, HERE - 1), abi.encodePacked(uint64(HERE - 256), keccak256("b"), uint64(HERE - 1), keccak256("a")));
        _writes(_numbers(HERE - 1, HERE - 1), abi.encodePacked(uint64(HERE - 1), keccak256("a"), uint64(HERE - 1), keccak256("a")));
        _writes(new uint64[](0), "");
    }

    function test_blocksByEip2935() public {
        vm.etch(BLOCK_HASHES, BLOCK_HASHES_CODE);
        _hash(HERE - 1, keccak256("a"));
        _keep(HERE - 257, keccak256("c"));
        _keep(HERE - 8_191, keccak256("d"));
        _writes(_numbers(HERE - 257, HERE - 8_191), abi.encodePacked(uint64(HERE - 257), keccak256("c"), uint64(HERE - 8_191), keccak256("d")));
        _writes(_numbers(HERE - 8_191, HERE - 1), abi.encodePacked(uint64(HERE - 8_191), keccak256("d"), uint64(HERE - 1), keccak256("a")));
        _outOfReach(HERE - 8_192);
        _outOfReach(HERE - 300); // kept by nobody
        _outOfReach(HERE);
        _outOfReach(type(uint64).max);
    }

    function test_outOfReach() public {
        _outOfReach(HERE - 257);
        _outOfReach(HERE);
        _outOfReach(HERE + 1);
        vm.etch(BLOCK_HASHES, hex"5f5ffd"); // reverts
        _outOfReach(HERE - 257);
        vm.etch(BLOCK_HASHES, hex"60015f52601f5ff3"); // 31 bytes
        _outOfReach(HERE - 257);
        vm.etch(BLOCK_HASHES, hex"60015f5260215ff3"); // 33 bytes
        _outOfReach(HERE - 257);
        vm.etch(BLOCK_HASHES, hex"60015f5260205ffd"); // a hash, with a revert
        _outOfReach(HERE - 257);
        vm.etch(BLOCK_HASHES, hex"60015f5260205ff3"); // the hash 1
        _writes(_numbers(HERE - 257, HERE + 9), abi.encodePacked(uint64(HERE - 257), uint256(1), uint64(HERE + 9), uint256(1)));
    }

    /// Many blocks do not disturb each other in memory.
    function test_manyBlocks() public {
        vm.etch(BLOCK_HASHES, hex"5f3580195f5260205ff3"); // not(number)
        uint64[] memory numbers = new uint64[](300);
        bytes memory expected;
        for (uint64 i = 0; i < numbers.length; ++i) {
            numbers[i] = i * 0x0101010101;
            expected = abi.encodePacked(expected, numbers[i], ~uint256(numbers[i]));
        }
        _writes(numbers, expected);
    }

    // --- in short

    function _hash(uint256 number, bytes32 blockHash) private {
        vm.setBlockhash(number, blockHash);
    }

    function _keep(uint256 number, bytes32 blockHash) private {
        vm.store(BLOCK_HASHES, bytes32(number % 8_191), blockHash);
    }

    function _numbers(uint256 a, uint256 b) private pure returns (uint64[] memory numbers) {
        numbers = new uint64[](2);
        (numbers[0], numbers[1]) = (uint64(a), uint64(b));
    }

    function _writes(uint64[] memory numbers, bytes memory expected) private {
        vm.recordLogs();
        _case.checkpoint(numbers);
        Log memory log = _onlyLog(address(_case), ICase.Checkpoint.selector);
        _true(keccak256(log.data) == keccak256(abi.encode(expected)), "blocks");
    }

    function _outOfReach(uint256 number) private {
        uint64[] memory numbers = new uint64[](1);
        numbers[0] = uint64(number);
        _reverts(abi.encodeWithSelector(ICase.Case_BlockOutOfReach.selector, number));
        _case.checkpoint(numbers);
    }
}
