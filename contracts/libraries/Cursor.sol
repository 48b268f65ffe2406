// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A word of storage while it is worked on in memory.
struct Cursor {
    uint256 page;
    uint256 word;
    uint256 stored;
}

/// @title Reads a word of storage once, writes it once
/// @notice Ballots of a batch come in index order, so all lenders of a word are met in a row.
library CursorLibrary {
    /// @notice A cursor that is at no page yet.
    function start() internal pure returns (Cursor memory) {
        return Cursor(type(uint256).max, 0, 0);
    }

    /// @notice Goes to `page`; what was changed on the page before is kept.
    function turn(Cursor memory cursor, mapping(uint256 page => uint256 word) storage words, uint256 page) internal {
        if (cursor.page == page) return;
        keep(cursor, words);
        uint256 word = words[page];
        (cursor.page, cursor.word, cursor.stored) = (page, word, word);
    }

    /// @notice Writes the word if it was changed.
    function keep(Cursor memory cursor, mapping(uint256 page => uint256 word) storage words) internal {
        if (cursor.word != cursor.stored) {
            words[cursor.page] = cursor.word;
            cursor.stored = cursor.word;
        }
    }
}
