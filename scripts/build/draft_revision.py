"""`python -m scripts.build.draft_revision "what changes"`: draft the migration from the newest revision to the tables of the rooms."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from backend import app
from backend.ground.db.schema import draft_revision, upgrade
from backend.ground.db.sessions import open_engine


def main() -> int:
    """Write the revision file; a person reads and corrects it before it is committed."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'draft.sqlite3'}")
        upgrade(engine)
        draft_revision(engine, app.Base.metadata, sys.argv[1])
        engine.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
