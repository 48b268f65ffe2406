"""What far more lenders, polls and backends would take: a calculation from measured figures, a simulation, and PostgreSQL itself."""
