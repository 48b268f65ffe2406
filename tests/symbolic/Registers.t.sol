// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Case} from "../../contracts/Case.sol";
import {ICase} from "../../contracts/interfaces/ICase.sol";
import {ClassTotals} from "../../contracts/types/Register.sol";
import {Proof} from "./Proof.sol";

/// Freezing a register, for all totals.
contract RegistersProof is Proof {
    ICase private _opened;

    function setUp() public {
        bytes[] memory officials = new bytes[](1);
        officials[0] = abi.encodePacked(address(0x0ff1c1a1));
        _opened = ICase(address(new Case(officials, 1, abi.encodePacked(address(0x1157)))));
    }

    /// P: what was frozen has heads that add up to the leaves, no empty class, and amounts below the limit.
    function check_registerAddsUp(uint256 leafCount, ClassTotals memory a, ClassTotals memory b) public {
        if (!_freeze(leafCount, a, b)) return;
        assert(a.heads > 0 && b.heads > 0 && a.heads <= 1 << 24 && b.heads <= 1 << 24);
        assert(a.heads + b.heads == leafCount && leafCount <= 1 << 24);
        assert(a.amountFen < 1 << 63 && b.amountFen < 1 << 63);
    }

    function twin_registerAddsUp(uint256 leafCount, ClassTotals memory a, ClassTotals memory b) public {
        if (!_freeze(leafCount, a, b)) return;
        assert(a.heads == leafCount);
    }

    function _freeze(uint256 leafCount, ClassTotals memory a, ClassTotals memory b) private returns (bool done) {
        ClassTotals[] memory classes = new ClassTotals[](2);
        (classes[0], classes[1]) = (a, b);
        bytes[] memory signers = new bytes[](1);
        signers[0] = abi.encodePacked(address(0x0ff1c1a1));
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = abi.encodePacked(bytes32(uint256(7)), bytes32(uint256(9)), uint8(27));
        bytes memory data =
            abi.encodeCall(ICase.freezeRegister, (bytes32(uint256(1)), leafCount, classes, signers, signatures));
        vm.prank(SENDER, SENDER);
        (done,) = address(_opened).call(data);
    }
}
