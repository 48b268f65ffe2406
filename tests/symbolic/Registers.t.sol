// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../../contracts/approval/Signers.sol";
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
        _opened = ICase(address(new Case(officials, 1, abi.encodePacked(address(0x1157)), true, new bytes[](0), 0)));
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

    /// U: of signers without a passkey's length exactly the plain keys other than zero may be one. Those of a passkey's length hang on the
    /// code at an address, which tests/forge/Signers.t.sol goes through.
    function check_signersAllowed(uint8 length, bytes32 a, bytes32 b, bytes32 c, bytes32 d) public view {
        (uint256 size, bytes memory signer) = _signerOf(length, a, b, c, d);
        assert(Signers.isAllowed(signer) == (size == 20 && bytes20(a) != 0));
    }

    function twin_signersAllowed(uint8 length, bytes32 a, bytes32 b, bytes32 c, bytes32 d) public view {
        (uint256 size, bytes memory signer) = _signerOf(length, a, b, c, d);
        assert(Signers.isAllowed(signer) == (size == 20));
    }

    /// Lengths on seven paths.
    function _signerOf(uint8 length, bytes32 a, bytes32 b, bytes32 c, bytes32 d)
        private
        pure
        returns (uint256 size, bytes memory signer)
    {
        uint8[7] memory sizes = [0, 19, 20, 21, 64, 83, 85];
        vm.assume(length < 7);
        for (uint8 i = 0; i < 7; ++i) {
            if (length == i) size = sizes[i];
        }
        signer = abi.encodePacked(a, b, c, d);
        assembly ("memory-safe") {
            mstore(signer, size)
        }
    }

    function _freeze(uint256 leafCount, ClassTotals memory a, ClassTotals memory b) private returns (bool done) {
        ClassTotals[] memory classes = new ClassTotals[](2);
        (classes[0], classes[1]) = (a, b);
        bytes[] memory signers = new bytes[](1);
        signers[0] = abi.encodePacked(address(0x0ff1c1a1));
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = abi.encodePacked(bytes32(uint256(7)), bytes32(uint256(9)), uint8(27));
        bytes memory data =
            abi.encodeCall(ICase.freezeRegister, (bytes32(uint256(1)), leafCount, classes, 0, 0, signers, signatures));
        vm.prank(SENDER, SENDER);
        (done,) = address(_opened).call(data);
    }
}
