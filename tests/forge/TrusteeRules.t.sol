// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {ISealedCase} from "../../contracts/interfaces/ISealedCase.sol";
import {SealKey} from "../../contracts/types/Seal.sol";
import {Log} from "./Cheats.sol";
import {SealedTown} from "./SealedTown.sol";

/// Who holds the seats of sealed polls, and from when (protocol, section 21.2).
contract TrusteeRulesTest is SealedTown {
    bytes[] private _named;
    bool private _isNamed;

    function setUp() public {
        _buildTown();
    }

    function _trustees() internal view override returns (bytes[] memory) {
        return _isNamed ? _named : super._trustees();
    }

    function test_constructorsServeAtOnce() public {
        _serve(_trustees());
        (bytes[] memory waiting, uint64 servesFrom) = _case.nextTrustees();
        _true(waiting.length == 0 && servesFrom == 0 && _case.appointmentCount() == 0, "nobody waits");
        vm.recordLogs();
        _open(THRESHOLD, _signer(INSTITUTION));
        Log[] memory logs = vm.getRecordedLogs();
        _equal(logs.length, 2, "events");
        _isAppointment(logs[1], 0, _trustees(), START);
    }

    function test_noneInTheConstructor() public {
        _isNamed = true;
        vm.recordLogs();
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        _equal(vm.getRecordedLogs().length, 1, "no appointment told");
        _equal(_case.trustees().length, 0, "none");
        _freeze(_root(), LENDERS, _totals);
        _submit(PLAN_HASH);
        _admit(0, PLAN_HASH);
        SealKey memory key = _keyOf(SECRET, "roll");
        bytes memory reason = abi.encodeWithSelector(ISealedCase.Trustees_NoneServing.selector);
        _sendSealed(_sealedCode(), _sealedTerms(1), key, _confirmationsOf(SECRET, key), reason);
        _appoint(1, _some(3), "");
        _serve(_some(3));
    }

    function test_appointedInARehearsal() public {
        vm.recordLogs();
        _appoint(1, _some(2), "");
        _isAppointment(_onlyLog(address(_case), ISealedCase.TrusteesAppointed.selector), 1, _some(2), START);
        _serve(_some(2));
        _equal(_case.appointmentCount(), 1, "count");
        _appoint(2, _some(32), "");
        _serve(_some(32));
    }

    function test_appointedAWeekBefore() public {
        _rehearsal = false;
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        vm.recordLogs();
        _appoint(1, _some(4), "");
        _isAppointment(_onlyLog(address(_case), ISealedCase.TrusteesAppointed.selector), 1, _some(4), START + 7 days);
        (bytes[] memory waiting, uint64 servesFrom) = _case.nextTrustees();
        _true(waiting.length == 4 && servesFrom == START + 7 days, "waiting");
        vm.warp(START + 7 days - 1);
        _serve(_trustees());
        (, servesFrom) = _case.nextTrustees();
        _equal(servesFrom, START + 7 days, "still waiting");
        _appoint(2, _some(5), "");
        vm.warp(START + 7 days);
        _serve(_trustees()); // the first appointment was replaced before it served
        vm.warp(START + 14 days - 2);
        _serve(_trustees());
        vm.warp(START + 14 days - 1);
        _serve(_some(5));
        (waiting, servesFrom) = _case.nextTrustees();
        _true(waiting.length == 0 && servesFrom == 0, "nobody waits");
        _appoint(3, _some(6), "");
        _serve(_some(5));
        vm.warp(START + 21 days);
        _serve(_some(6));
    }

    function test_howMany() public {
        uint8[3] memory wrong = [0, 1, 33];
        for (uint256 i = 0; i < wrong.length; ++i) {
            _appoint(1, _some(wrong[i]), abi.encodeWithSelector(ISealedCase.Trustees_CountOutOfRange.selector, wrong[i]));
        }
        (_isNamed, _named) = (true, _some(1));
        _refuseOpening(abi.encodeWithSelector(ISealedCase.Trustees_CountOutOfRange.selector, 1));
        _named = _some(33);
        _refuseOpening(abi.encodeWithSelector(ISealedCase.Trustees_CountOutOfRange.selector, 33));
    }

    function test_distinctSigners() public {
        for (uint256 i = 1; i < 4; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                bytes[] memory named = _some(4);
                named[i] = named[j];
                _appoint(1, named, abi.encodeWithSelector(ISealedCase.Trustees_NamedTwice.selector, named[j]));
            }
        }
        bytes[] memory short = _some(2);
        short[1] = hex"01";
        _appoint(1, short, abi.encodeWithSelector(ICase.Case_SignerNotAllowed.selector, hex"01"));
        (_isNamed, _named) = (true, short);
        _refuseOpening(abi.encodeWithSelector(ICase.Case_SignerNotAllowed.selector, hex"01"));
    }

    function test_officialsSign() public {
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, _signer(_official(0)));
        _appoint(0, _some(2), reason);
        _appoint(2, _some(2), reason);
        _appoint(1, _some(2), "");
        _appoint(1, _some(2), reason);
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, _struct(2, _some(2)), THRESHOLD);
        bytes[] memory others = _some(3);
        _reverts(reason);
        _case.appointTrustees(others, signers, signatures);
    }

    function _some(uint256 count) private pure returns (bytes[] memory named) {
        named = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            named[i] = _signer(0x5eac + i);
        }
    }

    function _struct(uint256 number, bytes[] memory named) private pure returns (bytes32) {
        bytes32 kind = keccak256("TrusteeAppointment(uint256 appointmentNumber,bytes32 trusteesHash)");
        return keccak256(abi.encode(kind, number, keccak256(abi.encode(named))));
    }

    function _appoint(uint256 number, bytes[] memory named, bytes memory reason) private {
        (bytes[] memory signers, bytes[] memory signatures) = _signedByOfficials(_case, _struct(number, named), THRESHOLD);
        if (reason.length != 0) _reverts(reason);
        _case.appointTrustees(named, signers, signatures);
    }

    function _serve(bytes[] memory named) private view {
        _true(keccak256(abi.encode(_case.trustees())) == keccak256(abi.encode(named)), "who serves");
    }

    function _isAppointment(Log memory log, uint256 number, bytes[] memory named, uint64 servesFrom) private pure {
        _true(log.topics[0] == ISealedCase.TrusteesAppointed.selector && uint256(log.topics[1]) == number, "appointment");
        _true(keccak256(log.data) == keccak256(abi.encode(named, servesFrom)), "who and when");
    }

    function _refuseOpening(bytes memory reason) private {
        bytes memory artifact = bytes(vm.envOr("CASE_ARTIFACT", string("Case.sol:Case")));
        bytes memory people = abi.encode(_officials(), THRESHOLD, _signer(INSTITUTION), true, _trustees(), bytes32(0));
        bytes memory code = bytes.concat(vm.getCode(string(artifact)), people);
        address made;
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
        }
        bytes memory said;
        assembly ("memory-safe") {
            said := mload(0x40)
            mstore(said, returndatasize())
            returndatacopy(add(said, 0x20), 0, returndatasize())
            mstore(0x40, add(add(said, 0x20), and(add(returndatasize(), 0x1f), not(0x1f))))
        }
        _true(made == address(0) && keccak256(said) == keccak256(reason), "refused with this reason");
    }
}
