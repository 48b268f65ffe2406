// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../interfaces/ICase.sol";
import {ISuccession} from "../interfaces/ISuccession.sol";
import {TypedData} from "../libraries/TypedData.sol";
import {Plans} from "../plans/Plans.sol";
import {Registers} from "../register/Registers.sol";
import {PollParameters} from "../types/PollParameters.sol";
import {PollFactory} from "./PollFactory.sol";

/// @title When and under which rule: polls, announced by the officials
/// @notice Announcing a poll creates its contract. The code can only be the one this case was compiled with: the case created the
/// factory, the factory carries that code and nothing else and serves this case only. So the address of the poll of a number follows from
/// the address of the case (protocol, section 8.1).
abstract contract Announcements is Registers, Plans {
    /// From the announcement to the opening, and from the opening of the sums to the decision, of a poll that is no rehearsal.
    uint256 private constant LEAST_NOTICE = 15 days;
    uint256 private constant LEAST_CHALLENGE = 15 days;

    PollFactory private immutable _FACTORY = new PollFactory();

    struct AnnouncedPoll {
        address poll;
        uint96 generation; // who announced it, and decides on it to its end
    }

    AnnouncedPoll[] private _polls; // slot 5

    /// @inheritdoc ICase
    function announcePoll(PollParameters calldata parameters, bytes[] calldata signers, bytes[] calldata signatures)
        external
        override
        onlyPlainAccount
        returns (address announced)
    {
        uint256 pollNumber = _polls.length;
        _requireTerms(parameters);
        bytes memory encoded = abi.encode(parameters);
        bytes32 parametersHash = keccak256(encoded);
        _requireOfficials(TypedData.pollAnnouncement(pollNumber, parametersHash, rehearsal()), signers, signatures);
        announced = _FACTORY.create(pollNumber, encoded);
        _add(announced);
        emit PollAnnounced(pollNumber, announced, parametersHash);
    }

    /// @dev Creates a poll under the next number from code that was brought along and looked at.
    function _createFrom(bytes calldata code, bytes memory arguments) internal returns (address created) {
        created = _FACTORY.createFrom(code, arguments);
        _add(created);
    }

    function _add(address added) private {
        _polls.push(AnnouncedPoll({poll: added, generation: uint96(_current())}));
    }

    /// @dev What the case asks of the parameters of any poll; the rest is asked by the poll itself (poll/Terms.sol).
    function _requireTerms(PollParameters calldata parameters) internal view {
        _requireFrozen(parameters.registerNumber);
        _requireAdmitted(parameters.planNumber);
        _requireRolesApart(parameters);
        _requirePeriods(parameters);
    }

    /// @dev Who issues credentials, who carries ballots and who decides are different keys.
    function _requireRolesApart(PollParameters calldata parameters) private view {
        address relay = parameters.receiptSigner;
        if (relay == address(0)) revert Poll_ReceiptSignerEmpty();
        _requireOutsider(relay);
        for (uint256 i = 0; i < parameters.verifiers.length; ++i) {
            address verifier = parameters.verifiers[i];
            if (verifier == relay) revert Poll_RoleHeldTwice(relay);
            _requireOutsider(verifier);
        }
    }

    /// @dev People have to hear of a vote, and to have the time to recount it and to object, before it can have an effect. What has none may
    /// be short: the poll itself demands that it opens after its announcement and has a challenge period (poll/Terms.sol).
    function _requirePeriods(PollParameters calldata parameters) private view {
        if (rehearsal()) return;
        uint256 earliest = block.timestamp + LEAST_NOTICE;
        if (parameters.opensAt < earliest) revert Poll_NoticeTooShort(parameters.opensAt, earliest);
        if (parameters.challengeSeconds < LEAST_CHALLENGE) {
            revert Poll_ChallengePeriodTooShort(parameters.challengeSeconds, LEAST_CHALLENGE);
        }
    }

    /// @inheritdoc ICase
    function pollCount() public view override returns (uint256) {
        return _polls.length;
    }

    /// @inheritdoc ICase
    function poll(uint256 pollNumber) public view override returns (address) {
        return _announced(pollNumber).poll;
    }

    /// @inheritdoc ISuccession
    function generationOfPoll(uint256 pollNumber) public view override returns (uint256) {
        return _announced(pollNumber).generation;
    }

    /// @inheritdoc ISuccession
    function thresholdOfPoll(uint256 pollNumber) external view override returns (uint256) {
        return _thresholdOf(generationOfPoll(pollNumber));
    }

    /// @inheritdoc ISuccession
    function isOfficialOfPoll(uint256 pollNumber, bytes calldata signer) external view override returns (bool) {
        return _isOfficialOf(generationOfPoll(pollNumber), signer);
    }

    function _announced(uint256 pollNumber) private view returns (AnnouncedPoll storage) {
        if (pollNumber >= _polls.length) revert Poll_NotAnnounced(pollNumber);
        return _polls[pollNumber];
    }
}
