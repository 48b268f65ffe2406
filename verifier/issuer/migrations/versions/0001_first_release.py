"""The tables of the first release, which made them without revisions: what is there already stays as it is.

Revision: 0001, the first
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE IF NOT EXISTS credentials (
        poll TEXT, lender INTEGER, ballot_key TEXT, expires_at INTEGER NOT NULL, signature TEXT NOT NULL,
        PRIMARY KEY (poll, lender, ballot_key))""",
    """CREATE TABLE IF NOT EXISTS attempts (
        id INTEGER PRIMARY KEY, poll TEXT NOT NULL, lender INTEGER NOT NULL, at INTEGER NOT NULL, compared INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS attempts_by_lender ON attempts (poll, lender, at)",
    """CREATE TABLE IF NOT EXISTS faces (
        id INTEGER PRIMARY KEY, poll TEXT NOT NULL, lender INTEGER NOT NULL, model_id TEXT NOT NULL, sealed BLOB NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS faces_by_lender ON faces (poll, lender, model_id)",
    """CREATE TABLE IF NOT EXISTS sessions (
        id INTEGER PRIMARY KEY, poll TEXT NOT NULL, lender INTEGER NOT NULL, device TEXT NOT NULL, at INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS sessions_by_lender ON sessions (poll, lender, at)",
    "CREATE INDEX IF NOT EXISTS sessions_by_device ON sessions (device, at)",
    """CREATE TABLE IF NOT EXISTS looks (
        id INTEGER PRIMARY KEY, poll TEXT NOT NULL, lender INTEGER NOT NULL, hashes TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS looks_by_lender ON looks (poll, lender)",
    "CREATE TABLE IF NOT EXISTS lists (digest TEXT PRIMARY KEY)",
    """CREATE TABLE IF NOT EXISTS signals (
        id INTEGER PRIMARY KEY, poll TEXT NOT NULL, lender INTEGER NOT NULL, at INTEGER NOT NULL,
        salt BLOB NOT NULL, signals TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS signals_by_time ON signals (at)",
    "CREATE TABLE IF NOT EXISTS certificates (id INTEGER PRIMARY KEY, poll TEXT NOT NULL, certificate TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS consents (
        poll TEXT, lender INTEGER, version TEXT NOT NULL, language TEXT NOT NULL, text_hash TEXT NOT NULL, agreed_at TEXT NOT NULL,
        PRIMARY KEY (poll, lender))""",
    "CREATE TABLE IF NOT EXISTS identities (poll TEXT, lender INTEGER, digest BLOB NOT NULL, PRIMARY KEY (poll, lender))",
    "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, entry TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS log_by_poll ON log (json_extract(entry, '$.poll'), seq)",
    "CREATE INDEX IF NOT EXISTS log_by_lender ON log (json_extract(entry, '$.poll'), json_extract(entry, '$.index'), seq)",
    "CREATE TRIGGER IF NOT EXISTS log_is_never_changed BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS log_is_never_cut BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
)


def upgrade() -> None:
    """Apply."""
    for statement in TABLES:
        op.execute(statement)
    columns = {row.name for row in op.get_bind().execute(text("PRAGMA table_info(faces)"))}
    if "wrapped" not in columns:  # what was sealed before data keys came
        op.execute("ALTER TABLE faces ADD COLUMN wrapped BLOB")


def downgrade() -> None:
    """Nothing was there before."""
    raise NotImplementedError
