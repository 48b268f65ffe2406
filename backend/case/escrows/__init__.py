"""Statements that a register's openings survive: signed by officials and by all trustees, published, and asked for (protocol §23)."""
