// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../interfaces/ICase.sol";
import {Poll} from "../Poll.sol";

/// @title Carries the code of the poll contract
/// @notice A case and the poll's code together are larger than a contract may be (24,576 bytes). The case that created the factory is the
/// only one it serves, so its n-th creation is that case's n-th poll, and everybody can work out where that poll stands.
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
}
