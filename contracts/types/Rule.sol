// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What is counted (protocol, section 7).
enum Measure {
    Heads,
    Amount
}

enum Numerator {
    For,
    TakingPart
}

enum Denominator {
    Admitted,
    TakingPart,
    ForAgainst
}

/// One condition of a counting rule: numerator / denominator > (strict) or >= num / den.
struct Condition {
    Measure measure;
    Numerator numerator;
    Denominator denominator;
    uint32 num;
    uint32 den;
    bool strict;
}
