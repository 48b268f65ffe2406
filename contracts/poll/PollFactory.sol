// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../interfaces/ICase.sol";
import {Poll} from "../Poll.sol";

/// @title Carries the code of the poll contract
/// @notice A case and the poll's code together are larger than a contract may be (24,576 bytes). The case that created the factory is the
/// only one it serves, so its n-th creation is that case's n-th poll, and everybody can work out where that poll stands. The code of a
/// sealed poll fits in nowhere; whoever announces one brings it, and the case has seen that it is the right one.
contract PollFactory {
    address private immutable _CASE = msg.sender;

    /// @notice Thrown when the caller is not the case that created the factory.
    error PollFactory_NotItsCase(address caller);

    /// @notice Creates the next poll of the case.
    /// @param parameters PollParameters, encoded as they were hashed and signed.
    function create(uint256 pollNumber, bytes calldata parameters) external returns (address) {
        if (msg.sender != _CASE) revert PollFactory_NotItsCase(msg.sender);
        return address(new Poll(ICase(msg.sender), pollNumber, parameters));
    }

    /// @notice Creates the next poll of the case from code that the case has seen; with what its constructor refuses it for, if it does.
    /// @param arguments Of the constructor, encoded.
    function createFrom(bytes calldata code, bytes calldata arguments) external returns (address created) {
        if (msg.sender != _CASE) revert PollFactory_NotItsCase(msg.sender);
        bytes memory whole = bytes.concat(code, arguments);
        assembly ("memory-safe") {
            created := create(0, add(whole, 0x20), mload(whole))
            if iszero(created) {
                let at := mload(0x40)
                returndatacopy(at, 0, returndatasize())
                revert(at, returndatasize())
            }
        }
    }
}
