"""`python -m scripts.first_case`: a first real case by the documents alone. The last line of standard output is one JSON object.

`steps` were done; of `undocumented_steps` a sentence, command or button stands in no document; `clicks` were made in Chromium; `recount` is
the word that all recounts printed. Exit status 0: all went through, all is documented, every recount agrees. On a failure the line has
`failed`, the step's name, and the status is 1.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from scripts.first_case.story import REAL, REHEARSAL, play

parser = argparse.ArgumentParser(prog="python -m scripts.first_case", description=__doc__.splitlines()[0])
parser.add_argument("--only", choices=[REHEARSAL, REAL], help="one of the two cases")
parser.add_argument("--lenders", type=int, default=4, help="lenders of the claims file")
parser.add_argument("--folder", type=Path, help="an empty folder to work in, kept at the end; else a temporary one, kept on a failure only")
given = parser.parse_args()
folder = given.folder or Path(tempfile.mkdtemp(prefix="lendervote-first-case-"))
status = play(folder, (given.only,) if given.only else (REHEARSAL, REAL), given.lenders)
if status == 0 and given.folder is None:
    shutil.rmtree(folder, ignore_errors=True)
raise SystemExit(status)
