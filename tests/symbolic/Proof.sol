// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {CaseStub, PollShown} from "./PollShown.sol";

interface SymbolicVm {
    function warp(uint256 timestamp) external;
    function assume(bool condition) external pure;
    function prank(address sender, address origin) external;
    function store(address target, bytes32 slot, bytes32 value) external;
}

/// A proof is a function check_...; beside it a twin_..., which claims a little too much and must be refuted. A proof whose assumptions
/// nothing can meet would prove its twin as well, and be found out.
abstract contract Proof {
    SymbolicVm internal constant vm = SymbolicVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant SENDER = address(0x5e4de5);
    uint64 internal constant OPENS = 2_000;
    uint64 internal constant CLOSES = 3_000;
    uint256 internal constant LENDERS = 1000;
    /// Where a poll keeps its result; tests/forge/Slots.t.sol holds the places.
    uint256 private constant RESULT = 153;
    uint256 private constant PASSED_AND_END = 155;

    PollShown internal _poll;
    CaseStub internal _case;

    function _announce() internal {
        vm.warp(1_000);
        _case = new CaseStub();
        _poll = new PollShown(ICase(address(_case)), _case.terms(OPENS));
    }

    /// As if the sums had been opened so.
    function _setResult(bytes32 hash, bool passed, uint64 endsAt) internal {
        vm.store(address(_poll), bytes32(RESULT), hash);
        vm.store(address(_poll), bytes32(PASSED_AND_END), bytes32(uint256(endsAt) << 8 | (passed ? 1 : 0)));
    }

    function _try(bytes memory data) internal returns (bool done) {
        vm.prank(SENDER, SENDER); // a plain account, as the poll asks
        (done,) = address(_poll).call(data);
    }
}
