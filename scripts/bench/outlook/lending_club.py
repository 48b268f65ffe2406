"""Finished loans of LendingClub (2007 to 2011) as a book; monthly histories are those of an annuity until the last payment."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import numpy as np

from backend.watch.outlook.models.loans import CLOSED, STOPPED, Loans

GRADES = "ABCDEFG"


def read(path: Path) -> Loans:
    """The file's loans; those without a payment have the month of issue as their last."""
    rows = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            issued = _month(row["issue_d"])
            last = _month(row["last_pymnt_d"]) if row["last_pymnt_d"] not in {"", "NA"} else issued
            closed = "Fully Paid" in row["loan_status"]
            amount = float(row["funded_amnt"])
            recovered = float(row["recoveries"]) - float(row["collection_recovery_fee"])
            rows.append((
                issued, int(row["term"].split()[0]), GRADES.index(row["grade"]), amount, float(row["int_rate"]) / 12, max(last, issued),
                CLOSED if closed else STOPPED, amount if closed else min(float(row["total_rec_prncp"]), amount), max(recovered, 0.0),
            ))  # fmt: skip
    columns = list(zip(*rows, strict=True))
    kinds = (np.int64, np.int64, np.int64, np.float64, np.float64, np.int64, np.int64, np.float64, np.float64)
    arrays: list[Any] = [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
    return Loans(*arrays)


def _month(date: str) -> int:
    return int(date[:4]) * 12 + int(date[5:7]) - 1
