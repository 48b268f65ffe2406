"""What a plan may return, beside what others returned: informs lenders, decides nothing, recommends nothing."""
