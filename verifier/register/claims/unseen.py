"""What of a workbook people do not see: read all the same, or left out (protocol §18.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

ROWS_NAMED = SHEETS_NAMED = 20


@dataclass
class Unseen:
    """Sheets that were left out; rows and columns of the claims' sheet that were read. Complete once the rows were gone through."""

    left_out_sheets: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    first_hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)

    def note_row(self, number: int) -> None:
        """A hidden row with something in it."""
        self.hidden_rows += 1
        if self.hidden_rows <= ROWS_NAMED:
            self.first_hidden_rows.append(number)

    def note_columns(self, letters: list[str]) -> None:
        """Hidden columns."""
        self.hidden_columns += [letter for letter in letters if letter not in self.hidden_columns]
