"""`python -m scripts.bench.outlook.large_book`: a file of 100,000 loans read, checked and forecast; the last line is JSON."""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from pathlib import Path

from backend.case.register.sheets import open_sheet
from backend.watch.outlook.book import COLUMNS, read_book
from backend.watch.outlook.models.loans import CLOSED, PAYING
from backend.watch.outlook.models.running import run
from backend.watch.outlook.packing import pack, unpack
from backend.watch.outlook.views import BookView
from scripts.bench.outlook.own_book import own_book
from scripts.rig.memory import peak_mb

AS_OF = 2011 * 12 + 11
SECONDS, MEGABYTES = 120, 2048
WORDS = ("正常", "逾期", "结清")


def write(path: Path, loans: int) -> None:
    """A loan book as an institution would hand it in."""
    known = own_book(loans * 5 // 4).known_at(AS_OF)
    balance = known.balance()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS.values())
        for place in range(min(loans, len(known))):
            state = int(known.state[place])
            owed = 0.0 if state == CLOSED else max(round(float(balance[place]), 2), 0.01)
            last = AS_OF if state == PAYING else int(known.last_paid[place])
            amount, rate, grade = known.amount[place], known.rate[place], "ABCDEFG"[known.grade[place]]
            writer.writerow([
                f"L-{place:06}", _date(int(known.issued[place])), int(known.term[place]), grade, f"{amount:.2f}", f"{rate * 1200:.2f}",
                WORDS[state], f"{owed:.2f}", _date(last), "", "", "", f"A{place}:{owed:.2f}",
            ])  # fmt: skip


def _date(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}-15"


def main() -> int:
    """0 within the promised seconds and bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loans", type=int, default=100_000)
    loans = parser.parse_args().loans
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.csv"
        write(path, loans)
        began = time.monotonic()
        with open_sheet(path) as sheet:
            book = read_book(sheet.rows, AS_OF)
        assert not book.problems, book.problems[0]
        read = time.monotonic() - began
        packed = unpack(pack(book.loans))
        told = run(BookView("", b"", AS_OF, None, packed, sum(loan.balance_fen for loan in book.loans)))
    seconds, peak = time.monotonic() - began, peak_mb()
    share = (told["result"] or {}).get("share_bps")
    print(
        json.dumps({"loans": len(book.loans), "read_s": round(read, 1), "seconds": round(seconds, 1), "peak_mb": peak, "share_bps": share})
    )
    return 0 if seconds <= SECONDS and peak <= MEGABYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
