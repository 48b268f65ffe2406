"""What happened on the chain, as blocks, transactions and logs that are proved up to one block's hash where the chain's rule is known."""
