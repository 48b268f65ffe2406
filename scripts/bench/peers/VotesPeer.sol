// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// The token that gives weight in both peers, for the comparison of gas alone.
contract VotesPeer is ERC20, EIP712, ERC20Votes {
    constructor(address[] memory voters) ERC20("VotesPeer", "V") EIP712("VotesPeer", "1") {
        for (uint256 i = 0; i < voters.length; ++i) {
            _mint(voters[i], 1_000 ether + i);
            _delegate(voters[i], voters[i]);
        }
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
