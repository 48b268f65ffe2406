"""Who has to be told what of a vote: follows polls and the chain, and asks the ledger of notices to tell."""
