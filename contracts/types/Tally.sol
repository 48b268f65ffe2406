// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Amounts and blinds that open one class's three sums (protocol, section 9).
struct Opening {
    uint256 fenFor;
    uint256 blindFor;
    uint256 fenAgainst;
    uint256 blindAgainst;
    uint256 fenAbstain;
    uint256 blindAbstain;
}

/// One class's result, in heads and in fen.
struct ClassTally {
    uint256 headsFor;
    uint256 headsAgainst;
    uint256 headsAbstain;
    uint256 fenFor;
    uint256 fenAgainst;
    uint256 fenAbstain;
}
