// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../interfaces/ICase.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Plans} from "../plans/Plans.sol";
import {Registers} from "../register/Registers.sol";
import {PollParameters} from "../types/PollParameters.sol";
import {PollFactory} from "./PollFactory.sol";

/// @title When and under which rule: polls, announced by the officials
/// @notice Announcing a poll creates its contract. The code can only be the one this case was compiled with: the case created the
/// factory, and the factory carries that code and nothing else.
abstract contract Announcements is Registers, Plans {
    PollFactory private immutable _FACTORY = new PollFactory();

    address[] private _polls; // slot 7

    /// @inheritdoc ICase
    function announcePoll(PollParameters calldata parameters, bytes[] calldata signers, bytes[] calldata signatures)
        external
        override
        onlyPlainAccount
        returns (address announced)
    {
        uint256 pollNumber = _polls.length;
        _requireFrozen(parameters.registerNumber);
        _requireAdmitted(parameters.planNumber);
        bytes32 parametersHash = keccak256(abi.encode(parameters));
        _requireOfficials(TypedData.pollAnnouncement(pollNumber, parametersHash), signers, signatures);
        announced = _FACTORY.create(pollNumber, parameters);
        _polls.push(announced);
        emit PollAnnounced(pollNumber, announced, parametersHash);
    }

    /// @inheritdoc ICase
    function pollCount() external view override returns (uint256) {
        return _polls.length;
    }

    /// @inheritdoc ICase
    function poll(uint256 pollNumber) external view override returns (address) {
        if (pollNumber >= _polls.length) revert Poll_NotAnnounced(pollNumber);
        return _polls[pollNumber];
    }
}
