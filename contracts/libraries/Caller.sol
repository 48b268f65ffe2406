// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who calls
/// @notice Whatever a recount reads - ballots, openings, signatures of officials - shall stand in the input of a transaction, where any
/// node can show it. A call through a contract, or by an account that delegates to code, would hide it there; hence neither is taken.
library Caller {
    /// @notice Whether the call comes straight from an externally owned account without code.
    function isPlainAccount() internal view returns (bool) {
        return msg.sender == tx.origin && msg.sender.code.length == 0;
    }
}
