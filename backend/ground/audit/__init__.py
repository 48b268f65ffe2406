"""Who did what in an office: an append-only log, hash-chained, its head put on the chain every hour."""
