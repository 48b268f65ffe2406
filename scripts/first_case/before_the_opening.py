"""Section 7 of the guide: copies, tried; and everything that a real poll needs, looked at."""

from __future__ import annotations

import json
import re

from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import GUIDE
from scripts.first_case.terminal import CommandFailed

#: Nothing sends text messages yet, and the guide says so.
EXPECTED_FAILURES = ["text messages"]


def look_before_the_opening(run: CaseRun) -> None:
    """A copy of each service, one tried, and `doctor --real`."""
    record = run.record
    with record.step("a copy of the backend, tried", GUIDE, "`try-backup` opens a copy apart from the service and notes that it was whole"):
        run.backend.type("lendervote backup /var/backups/lendervote --keep 168")
        dates = sorted(path.name for path in run.places.path("/var/backups/lendervote").iterdir())
        put = {"/var/backups/lendervote/DATE": f"/var/backups/lendervote/{dates[-1]}"}
        run.backend.type("lendervote try-backup /var/backups/lendervote/DATE", put=put)
    with record.step("a copy of the verifier", GUIDE, "The same for the verifier. On its machine, as its user"):
        run.verifier.type("python -m verifier.issuer backup /var/backups/lendervote-verifier --keep 168")
        run.verifier.type("python -m verifier.issuer log --check")
    with record.step("the log of official acts", GUIDE, "restore one on another machine as well"):
        if json.loads(run.backend.type("lendervote audit").last_line)["faults"]:
            raise CommandFailed("the log of official acts has faults")
    with record.step("everything that a real poll needs", GUIDE, "It ends with status 1 when anything is missing; its last line is JSON"):
        record.now.sentence_of(GUIDE, "and reach no lender; `doctor --real` says so")
        done = run.backend.type("lendervote doctor --real", status=1)
        told = json.loads(done.last_line)
        if told["names"] != EXPECTED_FAILURES:
            raise CommandFailed(f"doctor --real names {told['names']}, not {EXPECTED_FAILURES}: {re.sub(' +', ' ', done.printed)}")
