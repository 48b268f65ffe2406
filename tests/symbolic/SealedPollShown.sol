// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {BoxChain} from "../../contracts/libraries/BoxChain.sol";
import {Seal} from "../../contracts/libraries/Seal.sol";
import {SealedPoll} from "../../contracts/SealedPoll.sol";
import {Leaf} from "../../contracts/types/Register.sol";
import {SealedParameters} from "../../contracts/types/Seal.sol";

/// The sealed poll with its inner steps callable, so that a proof can start from any record.
contract SealedPollShown is SealedPoll {
    constructor(ICase case_, SealedParameters memory terms, address sealKey_, address[] memory shareKeys_)
        SealedPoll(case_, 0, terms, sealKey_, keccak256("key"), shareKeys_)
    {}

    /// As cast() records, or as castBatch() does.
    function record(uint256 index, uint256 sequence, bool alone) external {
        if (alone) {
            (, uint256 word) = _recordedAlone(index);
            return _recordAlone(index, word, sequence);
        }
        Records memory records = _startRecords();
        _recorded(records, index);
        _record(records, index, sequence);
        _keepRecords(records);
    }

    /// As count() counts an opened ballot.
    function countOpened(uint256 votingClass, uint256 choices, uint256 x, uint256 y) external {
        Counter memory counter = _startCounter();
        _countOpened(counter, votingClass, choices, x, y);
        _settle(counter);
    }

    /// As excludeLeaf() takes a ballot off.
    function uncountOpened(uint256 votingClass, uint256 choices, uint256 x, uint256 y) external {
        _uncountOpened(votingClass, choices, x, y);
    }

    /// Opens two ballots one after the other, as count() does; what the second one holds.
    function openSecond(uint256 secret_, uint256[3] calldata first, uint256[4] calldata second) external view returns (uint256) {
        uint256 frame = Seal.frame(_domainSeparatorV4());
        uint256 ones = Seal.onesOf(_MOTIONS);
        Seal.open(frame, secret_, ones, first[0], 1, first[1], first[2]);
        return Seal.open(frame, secret_, ones, second[0], second[1], second[2], second[3]);
    }

    function joinAlone(bytes32 box_, uint256 index, Leaf calldata leaf, uint256 sequence, uint256 seal, uint256 choice)
        external
        pure
        returns (bytes32)
    {
        return BoxChain.joinAlone(box_, index, leaf, sequence, seal, choice);
    }
}
