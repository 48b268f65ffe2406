"""Whose names belong on the work sheets: the rows behind every leaf are compared with the claims file (protocol §19).

The root binds index, class and amount, and no row: whoever made the openings file could show officials a rich lender in a friend's place.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from verifier.register.claims.file import read_claims
from verifier.register.comparison import Asked, Comparison
from verifier.register.findings import Findings
from verifier.register.hashes import keccak_of_file

from .drawing import Opened
from .errors import RowsDiffer


def names_in(claims: Path, opened: Opened, lines: Iterable[bytes]) -> dict[int, str]:
    """Names by the first row of each lender; `lines` are those of the openings file. Raises: RowsDiffer, FileRefused, OSError."""
    read, findings = read_claims(claims), Findings()
    asked = Asked(opened.worked_out.place, opened.header.with_related, keccak_of_file(claims))
    Comparison(read, asked, findings).run(lines)
    if findings.total:
        first = findings.listed[0]
        raise RowsDiffer(first=f"{first.name} {first.rows or ''}".strip(), total=findings.total)
    return {lender.first_row: lender.name for lender in read.merge.lenders}
