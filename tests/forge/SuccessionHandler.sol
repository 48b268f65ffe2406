// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {ISuccession} from "../../contracts/interfaces/ISuccession.sol";
import {People} from "../../contracts/types/People.sol";
import {PollParameters} from "../../contracts/types/PollParameters.sol";
import {SuccessionTown} from "./SuccessionTown.sol";

/// Successions at random: of people drawn from ten keys, right and wrong ones, signed by those in office and by others; taken back, brought
/// into office, polls between them, and time. It keeps its own book of what must have happened; the invariants compare.
contract SuccessionHandler is SuccessionTown {
    uint256 private constant POOL = 10;
    uint256 private constant MOST_POLLS = 4;
    uint256 private constant EVERYBODY = POOL + OFFICIALS + 1;

    Named[] private _book; // every generation that was named, by number
    People[] private _who; // the same by signers, which cost an elliptic curve each to find anew
    bytes32[] private _before; // hash of the generation before each
    bytes32[] private _hashes; // of each generation
    mapping(uint256 key => bytes) private _signers;
    uint256[] private _polls; // generation by poll
    mapping(uint256 key => bool) private _wasOfficial; // by the views of the case alone
    mapping(uint256 key => bool) private _wasInstitution;
    uint256 public inOffice;
    uint256 public pending;
    uint256 public due;
    uint256 public completed;
    uint256 public broken; // a rule that did not hold, by number
    uint256 private _now;

    constructor() {
        _buildTown();
        vm.stopPrank();
        for (uint256 i = 0; i < EVERYBODY; ++i) {
            _signers[_anybody(i)] = _signer(_anybody(i));
        }
        _enter(_named(_keys(_official(0), OFFICIALS), THRESHOLD, INSTITUTION), 0);
        _polls.push(0);
        _now = START;
        _look();
    }

    /// Every act happens at the handler's own time and is sent by a plain account.
    modifier act() {
        vm.warp(_now);
        vm.startPrank(SENDER, SENDER);
        _;
        vm.stopPrank();
    }

    // --- acts

    function passTime(uint256 seconds_) external act {
        _now += 1 + seconds_ % (2 * NOTICE);
    }

    /// kind: 0 to 4 honest, then too few, another generation, another number, another salt, no reason.
    function announce(uint256 draw, uint256 kind) external act {
        kind %= 10;
        Named memory next = _drawn(draw);
        bytes32 before = _hashAt(inOffice);
        uint256 number = _book.length + (kind == 7 ? 1 : 0);
        bytes32 why = kind == 9 ? bytes32(0) : WHY;
        bytes32 structHash = _successionStruct(number, before, _hashAfter(before, next), NOTICE, why);
        (bytes[] memory signers, bytes[] memory signatures) = _signatures(kind, structHash);
        bool wanted = pending == 0 && _isAllowed(next) && (kind < 5 || _isHonest(kind));
        People memory people = _people(next);
        bytes memory call = abi.encodeCall(ISuccession.announceSuccession, (people, NOTICE, why, signers, signatures));
        if (!_try(call, wanted)) return;
        (pending, due) = (_book.length, _now + NOTICE);
        _enter(next, before);
    }

    function withdraw(uint256 kind) external act {
        kind %= 9;
        bytes32 structHash = _withdrawalStruct(pending + (kind == 7 ? 1 : 0));
        (bytes[] memory signers, bytes[] memory signatures) = _signatures(kind, structHash);
        bool wanted = pending != 0 && _now < due && (kind < 5 || _isHonest(kind));
        if (_try(abi.encodeCall(ISuccession.withdrawSuccession, (signers, signatures)), wanted)) pending = 0;
    }

    function complete() external act {
        if (!_try(abi.encodeCall(ISuccession.completeSuccession, ()), pending != 0 && _now >= due)) return;
        (inOffice, pending, completed) = (pending, 0, completed + 1);
        _look();
    }

    function announcePoll(uint256 kind) external act {
        kind %= 9;
        if (_polls.length == MOST_POLLS) return;
        PollParameters memory terms = _terms();
        (terms.opensAt, terms.closesAt) = (uint64(_now + 10), uint64(_now + 20));
        bytes32 structHash = _announcementStruct(_polls.length + (kind == 7 ? 1 : 0), terms, _rehearsal);
        (bytes[] memory signers, bytes[] memory signatures) = _signatures(kind, structHash);
        if (!_try(abi.encodeCall(ICase.announcePoll, (terms, signers, signatures)), kind < 5 || _isHonest(kind))) return;
        _polls.push(inOffice);
    }

    // --- what must be so

    function checkOffice() external view {
        People memory people = _who[inOffice];
        _equal(_case.generation(), inOffice, "generation");
        _true(keccak256(abi.encode(_case.officials())) == keccak256(abi.encode(people.officials)), "officials");
        _equal(_case.threshold(), people.threshold, "threshold");
        _true(keccak256(_case.institution()) == keccak256(people.institution), "institution");
        (uint64 count, uint64 waiting, uint64 holdsFrom) = _case.successions();
        _true(count == _book.length - 1 && waiting == pending && holdsFrom == due, "successions");
        Named memory named = _book[inOffice];
        for (uint256 i = 0; i < EVERYBODY; ++i) {
            _true(_case.isOfficial(_signers[_anybody(i)]) == _isOf(named, _anybody(i)), "nobody else");
        }
    }

    function checkRoles() external view {
        for (uint256 i = 0; i < EVERYBODY; ++i) {
            uint256 key = _anybody(i);
            _true(!_wasOfficial[key] || !_wasInstitution[key], "both roles");
        }
    }

    function checkPolls() external view {
        _equal(_case.pollCount(), _polls.length, "polls");
        for (uint256 number = 0; number < _polls.length; ++number) {
            Named memory named = _book[_polls[number]];
            _equal(_case.generationOfPoll(number), _polls[number], "generation of a poll");
            _equal(_case.thresholdOfPoll(number), named.threshold, "threshold of a poll");
            for (uint256 i = 0; i < EVERYBODY; ++i) {
                bool decides = _case.isOfficialOfPoll(number, _signers[_anybody(i)]);
                _true(decides == _isOf(named, _anybody(i)), "officials of a poll");
            }
        }
    }

    function checkPeople() external view {
        for (uint256 number = 0; number < _book.length; ++number) {
            _true(keccak256(_case.people(number)) == _hashes[number], "people");
        }
        _equal(_case.people(_book.length).length, 0, "nobody was named yet");
    }

    // --- in short

    function _enter(Named memory named, bytes32 before) private {
        _book.push(named);
        _who.push(_people(named));
        _before.push(before);
        _hashes.push(_hashAfter(before, named));
    }

    function _hashAt(uint256 number) private view returns (bytes32) {
        return _hashes[number];
    }

    function _saltAt(uint256 number) private view returns (bytes32) {
        return number == 0 ? bytes32(0) : _hashAt(number);
    }

    /// Who sees the case's views sees these people in these roles.
    function _look() private {
        bytes32 institution = keccak256(_case.institution());
        for (uint256 i = 0; i < EVERYBODY; ++i) {
            uint256 key = _anybody(i);
            if (_case.isOfficial(_signers[key])) _wasOfficial[key] = true;
            if (institution == keccak256(_signers[key])) _wasInstitution[key] = true;
        }
    }

    /// Those of the pool, the first institution, the first officials.
    function _anybody(uint256 i) private pure returns (uint256) {
        if (i < POOL) return _poolKey(i);
        return i == POOL ? INSTITUTION : _official(i - POOL - 1);
    }

    function _poolKey(uint256 i) private pure returns (uint256) {
        return 0x9001000 + i;
    }

    /// One to four officials, two thirds of the draws a majority of them and nobody twice.
    function _drawn(uint256 draw) private pure returns (Named memory next) {
        uint256 count = 1 + draw % 4;
        uint256 from = draw / 4 % POOL;
        uint256[] memory officials = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            officials[i] = _poolKey((from + i) % POOL);
        }
        if (draw / 40 % 8 == 0) officials[count - 1] = officials[0];
        uint256 threshold = draw / 320 % 4 == 0 ? draw / 1_280 % 6 : count / 2 + 1;
        return _named(officials, threshold, _poolKey(draw / 7_680 % POOL));
    }

    function _isOf(Named memory named, uint256 key) private pure returns (bool) {
        for (uint256 i = 0; i < named.officials.length; ++i) {
            if (named.officials[i] == key) return true;
        }
        return false;
    }

    /// By the rules as the protocol has them.
    function _isAllowed(Named memory next) private view returns (bool) {
        uint256 count = next.officials.length;
        if (next.threshold > count || 2 * next.threshold <= count) return false;
        for (uint256 i = 0; i < count; ++i) {
            if (_wasInstitution[next.officials[i]]) return false;
            for (uint256 j = 0; j < i; ++j) {
                if (next.officials[i] == next.officials[j]) return false;
            }
        }
        return !_isOf(next, next.institution) && !_wasOfficial[next.institution];
    }

    /// Another generation's signatures are those in office's where there was none before.
    function _isHonest(uint256 kind) private view returns (bool) {
        return kind == 6 && inOffice == 0;
    }

    function _signatures(uint256 kind, bytes32 structHash) private view returns (bytes[] memory, bytes[] memory) {
        uint256 number = kind == 6 ? 0 : inOffice;
        Named memory deciding = _book[number];
        bytes32 salt = kind == 8 ? _hashAfter(_saltAt(number), deciding) : _saltAt(number);
        return _signedBy(deciding, deciding.threshold - (kind == 5 ? 1 : 0), salt, structHash);
    }

    /// Done exactly when the rules let it be done.
    function _try(bytes memory call, bool wanted) private returns (bool done) {
        (done,) = address(_case).call(call);
        if (done != wanted) broken = 26;
    }
}
