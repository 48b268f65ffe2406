"""Evidence about one poll, for a court: one archive that proves itself up to one block hash."""
