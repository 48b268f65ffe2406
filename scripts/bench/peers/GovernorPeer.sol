// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// OpenZeppelin's Governor as its wizard makes it, for the comparison of gas alone.
contract GovernorPeer is Governor, GovernorCountingSimple, GovernorVotes {
    constructor(IVotes token) Governor("GovernorPeer") GovernorVotes(token) {}

    function votingDelay() public pure override returns (uint256) {
        return 1;
    }

    function votingPeriod() public pure override returns (uint256) {
        return 10_000;
    }

    function quorum(uint256) public pure override returns (uint256) {
        return 1;
    }
}
