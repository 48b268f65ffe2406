// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {ISuccession} from "../../contracts/interfaces/ISuccession.sol";
import {People} from "../../contracts/types/People.sol";
import {Log} from "./Cheats.sol";
import {SuccessionTown} from "./SuccessionTown.sol";

/// Who comes after the officials and the institution: named, taken back, brought into office (protocol, section 24.2).
contract SuccessionsTest is SuccessionTown {
    /// Where the case keeps how many successions there were, which one waits, and from when it holds.
    uint256 private constant SUCCESSIONS = 13;
    uint256 private constant GENERATIONS = 0;
    uint256 private constant IN_OFFICE = 1;
    uint256 private constant ROLES = 2;

    function setUp() public {
        _buildTown();
    }

    // --- named

    function test_firstGeneration() public view {
        _isInOffice(0, 0, _first());
        _isWaiting(0, 0, 0);
        _equal(_case.people(1).length, 0, "nobody named");
        _true(keccak256(_case.people(0)) == keccak256(_encoded(0, _first())), "people");
    }

    function test_namedWithANotice() public {
        vm.recordLogs();
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        Log memory log = _onlyLog(address(_case), ISuccession.SuccessionAnnounced.selector);
        bytes memory told = abi.encode(_hashAfter(_firstHash(), _second()), START + NOTICE, WHY);
        _true(uint256(log.topics[1]) == 1 && keccak256(log.data) == keccak256(told), "event");
        _isWaiting(1, 1, START + NOTICE);
        _true(keccak256(_case.people(1)) == keccak256(_encoded(_firstHash(), _second())), "people");
        vm.warp(START + 10 * NOTICE);
        _isInOffice(0, 0, _first());
        _true(!_case.isOfficial(_signer(_second().officials[0])), "not in office yet");
        _freeze(_root(), LENDERS, _totals);
    }

    function test_onlyKOfThoseInOfficeName() public {
        (bytes32 before, Named memory next) = (_firstHash(), _second());
        bytes32 structHash = _successionStruct(1, before, _hashAfter(before, next), NOTICE, WHY);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_first(), 2, 0, structHash);
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_TooFewSigners.selector, 2, THRESHOLD);
        _sendNext(next, NOTICE, WHY, signers, signatures, reason);
        (signers, signatures) = _signedBy(next, 3, 0, structHash);
        reason = abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, signers[0]);
        _sendNext(next, NOTICE, WHY, signers, signatures, reason);
        (signers, signatures) = _signedBy(next, 3, _hashAfter(before, next), structHash);
        _sendNext(next, NOTICE, WHY, signers, signatures, reason);
        (signers, signatures) = _signedBy(_first(), 3, 0, structHash);
        (signers[2], signatures[2]) = (_signer(INSTITUTION), _sign(INSTITUTION, _saltedDigest(0, structHash)));
        reason = abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, signers[2]);
        _sendNext(next, NOTICE, WHY, signers, signatures, reason);
        _isWaiting(0, 0, 0);
        _equal(_case.people(1).length, 0, "nothing of it is left");
        (signers, signatures) = _signedBy(_first(), OFFICIALS, 0, structHash);
        _sendNext(next, NOTICE, WHY, signers, signatures, "");
    }

    /// Number, generations before and after, notice and reason are all signed, under the domain of those in office.
    function test_nothingElseThanWasSigned() public {
        (bytes32 before, Named memory next) = (_firstHash(), _second());
        bytes32 named = _hashAfter(before, next);
        _refuseSigned(0, _successionStruct(0, before, named, NOTICE, WHY));
        _refuseSigned(0, _successionStruct(2, before, named, NOTICE, WHY));
        _refuseSigned(0, _successionStruct(1, 0, named, NOTICE, WHY));
        _refuseSigned(0, _successionStruct(1, before, _hashAfter(0, next), NOTICE, WHY));
        _refuseSigned(0, _successionStruct(1, before, _hashAfter(before, _third()), NOTICE, WHY));
        _refuseSigned(0, _successionStruct(1, before, named, NOTICE + 1, WHY));
        _refuseSigned(0, _successionStruct(1, before, named, NOTICE, keccak256("another reason")));
        bytes32 right = _successionStruct(1, before, named, NOTICE, WHY);
        _refuseSigned(before, right);
        _refuseSigned(named, right);
        next.threshold = 4;
        _refuseSigned(0, _successionStruct(1, before, _hashAfter(before, next), NOTICE, WHY));
    }

    function test_oneAtATime() public {
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        _nameNext(_first(), _firstHash(), 0, 2, _third(), _reason(ISuccession.Succession_AnotherWaits.selector, 1));
        vm.warp(START + 2 * NOTICE);
        _nameNext(_first(), _firstHash(), 0, 2, _third(), _reason(ISuccession.Succession_AnotherWaits.selector, 1));
    }

    function test_onlyForAReason() public {
        (bytes32 before, Named memory next) = (_firstHash(), _second());
        bytes32 structHash = _successionStruct(1, before, _hashAfter(before, next), NOTICE, 0);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_first(), 3, 0, structHash);
        _sendNext(next, NOTICE, 0, signers, signatures, abi.encodeWithSelector(ISuccession.Succession_ReasonEmpty.selector));
    }

    function test_aWeekBeforeUnlessItIsARehearsal() public {
        _withNotice(1, 0, "");
        _isWaiting(1, 1, START);
        _withdraw(_first(), 0, 1, _reason(ISuccession.Succession_NoticeIsOver.selector, START));
        _case.completeSuccession();
        _isInOffice(1, _firstHash(), _second());
        _rehearsal = false;
        _case = _open(THRESHOLD, _signer(INSTITUTION));
        _withNotice(1, 0, _reason(ISuccession.Succession_NoticeTooShort.selector, 0));
        _withNotice(1, 7 days - 1, _reason(ISuccession.Succession_NoticeTooShort.selector, 7 days - 1));
        _withNotice(1, 7 days, "");
        _isWaiting(1, 1, START + 7 days);
        _withdraw(_first(), 0, 1, "");
        _withNotice(2, type(uint32).max, "");
        _isWaiting(2, 2, uint256(START) + type(uint32).max);
    }

    // --- who may be named

    function test_whoMayBeNamed() public {
        _refuseNamed(_named(new uint256[](0), 1, 0x2d1157), abi.encodeWithSelector(ICase.Case_NoOfficials.selector));
        bytes memory reason = _reason(ICase.Case_TooManyOfficials.selector, 33);
        _refuseNamed(_named(_keys(0x2d0000, 33), 17, 0x2d1157), reason);
        for (uint256 threshold = 0; threshold <= 5; ++threshold) {
            if (threshold == 3 || threshold == 4) continue;
            reason = abi.encodeWithSelector(ICase.Case_ThresholdNotMajority.selector, threshold, 4);
            _refuseNamed(_named(_keys(0x2d0000, 4), threshold, 0x2d1157), reason);
        }
        Named memory twice = _second();
        twice.officials[3] = twice.officials[1];
        _refuseNamed(twice, abi.encodeWithSelector(ICase.Case_OfficialTwice.selector, _signer(twice.officials[1])));
        _refuseNamed(_named(_keys(0x2d0000, 4), 3, 0x2d0002), _isBoth(0x2d0002));
        Named memory most = _named(_keys(0x2d0000, 32), 17, 0x2d1157);
        _isInOfficeAfter(most);
    }

    function test_onlySignersAreNamed() public {
        bytes[] memory none = new bytes[](3);
        People memory people = _people(_second());
        people.officials[2] = new bytes(20);
        bytes memory reason = abi.encodeWithSelector(ICase.Case_SignerNotAllowed.selector, new bytes(20));
        _reverts(reason);
        _case.announceSuccession(people, NOTICE, WHY, none, none);
        people = _people(_second());
        people.institution = new bytes(20);
        _reverts(reason);
        _case.announceSuccession(people, NOTICE, WHY, none, none);
    }

    function test_theSameOfficialsWithAnotherInstitution() public {
        _isInOfficeAfter(_named(_first().officials, 5, 0x2d1157));
    }

    /// The same people may be named again, and those who left come back in their role.
    function test_backInTheSameRole() public {
        bytes32 second = _succeedFirst(_second());
        _nameNext(_second(), second, second, 2, _first(), "");
        _complete();
        _isInOffice(2, second, _first());
        _true(_hashAfter(second, _first()) != _firstHash(), "another generation of the same people");
    }

    /// No key is ever official and institution of one case, in whatever generations.
    function test_neverBothRoles() public {
        _refuseNamed(_named(_keys(0x2d0000, 4), 3, _official(4)), _isBoth(_official(4)));
        Named memory taken = _second();
        taken.officials[3] = INSTITUTION;
        _refuseNamed(taken, _isBoth(INSTITUTION));
        bytes32 second = _succeedFirst(_second());
        Named memory next = _third();
        next.institution = _official(0);
        _nameNext(_second(), second, second, 2, next, _isBoth(_official(0)));
        next.institution = 0x2d0001;
        _nameNext(_second(), second, second, 2, next, _isBoth(0x2d0001));
        next = _third();
        next.officials[0] = INSTITUTION;
        _nameNext(_second(), second, second, 2, next, _isBoth(INSTITUTION));
        next.officials[0] = 0x2d1157;
        _nameNext(_second(), second, second, 2, next, _isBoth(0x2d1157));
        _nameNext(_second(), second, second, 2, _third(), "");
    }

    /// Whoever was named only, and taken back, is free to be anything.
    function test_namedIsNotInOffice() public {
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        _withdraw(_first(), 0, 1, "");
        Named memory next = _third();
        (next.institution, next.officials[0]) = (_second().officials[0], _second().institution);
        _nameNext(_first(), _firstHash(), 0, 2, next, "");
        _complete();
        _isInOffice(2, _firstHash(), next);
        _true(!_case.isOfficial(_signer(_second().officials[1])), "the withdrawn are strangers");
    }

    // --- taken back

    function test_withdrawn() public {
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        vm.warp(START + NOTICE - 1);
        vm.recordLogs();
        _withdraw(_first(), 0, 1, "");
        Log memory log = _onlyLog(address(_case), ISuccession.SuccessionWithdrawn.selector);
        _true(uint256(log.topics[1]) == 1 && log.data.length == 0, "event");
        _isWaiting(1, 0, START + NOTICE);
        _true(keccak256(_case.people(1)) == keccak256(_encoded(_firstHash(), _second())), "still told");
        _isInOffice(0, 0, _first());
        vm.warp(START + NOTICE);
        _reverts(abi.encodeWithSelector(ISuccession.Succession_NoneWaits.selector));
        _case.completeSuccession();
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, _signer(_official(0)));
        _nameNext(_first(), _firstHash(), 0, 1, _second(), reason);
        _nameNext(_first(), _firstHash(), 0, 2, _second(), "");
        _withdraw(_first(), 0, 1, reason);
        _complete();
        _isInOffice(2, _firstHash(), _second());
    }

    function test_withdrawnByKInTime() public {
        bytes memory none = abi.encodeWithSelector(ISuccession.Succession_NoneWaits.selector);
        _withdraw(_first(), 0, 1, none);
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_first(), 2, 0, _withdrawalStruct(1));
        _reverts(abi.encodeWithSelector(ICase.Officials_TooFewSigners.selector, 2, THRESHOLD));
        _case.withdrawSuccession(signers, signatures);
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, _signer(0x2d0000));
        _withdraw(_second(), _hashAfter(_firstHash(), _second()), 1, reason);
        reason = abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, _signer(_official(0)));
        _withdraw(_first(), 0, 2, reason);
        _withdraw(_first(), _firstHash(), 1, reason);
        vm.warp(START + NOTICE);
        _withdraw(_first(), 0, 1, _reason(ISuccession.Succession_NoticeIsOver.selector, START + NOTICE));
        _complete();
        _withdraw(_second(), _hashAfter(_firstHash(), _second()), 1, none);
    }

    // --- brought into office

    function test_completedByAnyoneInTime() public {
        _reverts(abi.encodeWithSelector(ISuccession.Succession_NoneWaits.selector));
        _case.completeSuccession();
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        vm.warp(START + NOTICE - 1);
        _reverts(_reason(ISuccession.Succession_NoticeNotOver.selector, START + NOTICE));
        _case.completeSuccession();
        vm.warp(START + NOTICE);
        vm.stopPrank();
        vm.startPrank(address(0xa11), address(0xa11)); // anybody
        vm.recordLogs();
        _case.completeSuccession();
        Log memory log = _onlyLog(address(_case), ISuccession.SuccessionCompleted.selector);
        bytes32 hash = _hashAfter(_firstHash(), _second());
        _true(uint256(log.topics[1]) == 1 && keccak256(log.data) == keccak256(abi.encode(hash)), "event");
        _isWaiting(1, 0, START + NOTICE);
        _isInOffice(1, _firstHash(), _second());
        for (uint256 i = 0; i < OFFICIALS; ++i) {
            _true(!_case.isOfficial(_signer(_official(i))), "no more");
        }
        _reverts(abi.encodeWithSelector(ISuccession.Succession_NoneWaits.selector));
        _case.completeSuccession();
    }

    /// Each generation is linked to the one in office before it, over those that were taken back.
    function test_oneAfterTheOther() public {
        bytes32 second = _succeedFirst(_second());
        _nameNext(_second(), second, second, 2, _first(), "");
        _withdraw(_second(), second, 2, "");
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, _signer(0x2d0000));
        _nameNext(_second(), _hashAfter(second, _first()), second, 3, _third(), reason);
        _nameNext(_second(), second, second, 3, _third(), "");
        _complete();
        _isInOffice(3, second, _third());
        reason = abi.encodeWithSelector(ICase.Officials_NotAnOfficial.selector, _signer(0x2d0000));
        _nameNext(_second(), second, second, 4, _first(), reason);
    }

    function test_onlyPlainAccountsSucceed() public {
        vm.stopPrank();
        vm.startPrank(SENDER, address(0xabc));
        bytes memory reason = abi.encodeWithSelector(ICase.Case_CalledThroughContract.selector);
        _nameNext(_first(), _firstHash(), 0, 1, _second(), reason);
        _withdraw(_first(), 0, 1, reason);
        _reverts(reason);
        _case.completeSuccession();
    }

    function test_liesWhereItSays() public {
        _nameNext(_first(), _firstHash(), 0, 1, _second(), "");
        _equal(_at(bytes32(SUCCESSIONS)), 1 | 1 << 64 | uint256(START + NOTICE) << 128, "the one that waits");
        _equal(_at(bytes32(IN_OFFICE)), 0, "generation 0");
        _equal(_roleOf(_second().officials[0]), 0, "no role yet");
        _complete();
        _equal(_at(bytes32(SUCCESSIONS)), 1 | uint256(START + NOTICE) << 128, "none waits");
        _equal(_at(bytes32(IN_OFFICE)), 1, "generation 1");
        uint256 at = uint256(keccak256(abi.encode(1, GENERATIONS)));
        _equal(_at(bytes32(at + 1)), uint256(_hashAfter(_firstHash(), _second())), "hash");
        _equal(_at(bytes32(at + 2)), 3, "threshold");
        for (uint256 i = 0; i < 4; ++i) {
            _equal(_at(keccak256(abi.encode(keccak256(_signer(0x2d0000 + i)), at + 3))), i + 1, "place");
            _equal(_roleOf(0x2d0000 + i), 1, "official");
        }
        _equal(_roleOf(0x2d1157), 2, "institution");
        _equal(_roleOf(_official(0)), 1, "was official");
        _equal(_roleOf(INSTITUTION), 2, "was institution");
    }

    // --- in short

    function _refuseSigned(bytes32 salt, bytes32 structHash) private {
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_first(), 3, salt, structHash);
        bytes memory reason = abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signers[0]);
        _sendNext(_second(), NOTICE, WHY, signers, signatures, reason);
    }

    function _withNotice(uint256 number, uint32 notice, bytes memory reason) private {
        bytes32 structHash = _successionStruct(number, _firstHash(), _hashAfter(_firstHash(), _second()), notice, WHY);
        (bytes[] memory signers, bytes[] memory signatures) = _signedBy(_first(), 3, 0, structHash);
        _sendNext(_second(), notice, WHY, signers, signatures, reason);
    }

    function _refuseNamed(Named memory next, bytes memory reason) private {
        _nameNext(_first(), _firstHash(), 0, 1, next, reason);
    }

    function _isInOfficeAfter(Named memory next) private {
        _succeedFirst(next);
        _isInOffice(1, _firstHash(), next);
    }

    function _isBoth(uint256 key) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICase.Case_InstitutionIsOfficial.selector, _signer(key));
    }

    function _at(bytes32 slot) private view returns (uint256) {
        return uint256(vm.load(address(_case), slot));
    }

    function _roleOf(uint256 key) private view returns (uint256) {
        return _at(keccak256(abi.encode(keccak256(_signer(key)), ROLES)));
    }
}
