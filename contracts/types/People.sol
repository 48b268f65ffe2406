// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Who decides and who submits in a case: officials, how many of them decide, and the institution.
struct People {
    bytes[] officials;
    uint256 threshold;
    bytes institution;
}
