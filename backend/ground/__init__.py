"""What every room stands on: words and clocks, database, chain, log of official acts, HTTP that routes need."""
