// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../interfaces/ICase.sol";
import {Poll} from "../Poll.sol";
import {PollParameters} from "../types/PollParameters.sol";

/// @title Carries the code of the poll contract
/// @notice A case and the poll's code together are larger than a contract may be (24,576 bytes). Whoever calls is the case of the poll
/// it gets; a poll counts for a case only if that case announced it.
contract PollFactory {
    /// @notice Creates a poll of the calling case.
    function create(uint256 pollNumber, PollParameters calldata parameters) external returns (address) {
        return address(new Poll(ICase(msg.sender), pollNumber, parameters));
    }
}
