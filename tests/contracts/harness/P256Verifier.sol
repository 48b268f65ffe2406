// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";

/// An official's plain P-256 key, as a smart card has it.
contract P256Verifier is ERC7913P256Verifier {}
