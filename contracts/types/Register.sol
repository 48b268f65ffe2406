// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What one voting class of a frozen register adds up to (protocol, section 4).
struct ClassTotals {
    uint256 heads;
    uint256 amountFen;
    uint256 blind;
}

/// A lender's place in the register: class and commitment to the amount.
struct Leaf {
    uint8 votingClass;
    uint256 x;
    uint256 y;
}
