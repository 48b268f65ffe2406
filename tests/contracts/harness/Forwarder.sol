// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Calls another contract in the sender's place.
contract Forwarder {
    function forward(address to, bytes calldata data) external {
        (bool done, bytes memory answer) = to.call(data);
        if (!done) {
            assembly {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }
}
