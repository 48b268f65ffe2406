"""From sources to what runs and what is committed: contracts, pages, the API document; and the proofs about it."""
