"""What is believed of polls, what officials bound to an index, and consents by the key that gave them.

A reference or an identity of the first release was bound by the operator alone: without the hash that an identity file names it is used
no more. A consent of the first release does not say by which key it was given; its lender is asked again, and the log keeps it.

Revision: 0002, after 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE poll_roots (poll TEXT PRIMARY KEY, roots TEXT NOT NULL, one_node INTEGER NOT NULL)",
    """CREATE TABLE identity_files (
        id INTEGER PRIMARY KEY, case_address TEXT NOT NULL, chain_id INTEGER NOT NULL, register_number INTEGER NOT NULL,
        file_hash TEXT NOT NULL, signed TEXT NOT NULL, handed_in_at INTEGER NOT NULL,
        UNIQUE (case_address, chain_id, register_number, file_hash))""",
    """CREATE TABLE bindings (
        file_id INTEGER NOT NULL REFERENCES identity_files (id), lender INTEGER NOT NULL, salt BLOB NOT NULL, photos TEXT NOT NULL,
        person BLOB, PRIMARY KEY (file_id, lender))""",
    # which file a poll's log names already
    "CREATE TABLE named_files (poll TEXT, file_id INTEGER, PRIMARY KEY (poll, file_id))",
    "CREATE INDEX log_by_place ON log (json_extract(entry, '$.poll'), json_extract(entry, '$.poll_seq'))",
    "ALTER TABLE faces ADD COLUMN photo TEXT",
    "ALTER TABLE identities ADD COLUMN person BLOB",
    "DROP TABLE consents",
    """CREATE TABLE consents (
        poll TEXT, lender INTEGER, ballot_key TEXT, said_at INTEGER NOT NULL, standing INTEGER NOT NULL,
        version TEXT NOT NULL, language TEXT NOT NULL, text_hash TEXT NOT NULL, agreed_at TEXT NOT NULL,
        PRIMARY KEY (poll, lender, ballot_key))""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """The first release would use references that nobody bound."""
    raise NotImplementedError
