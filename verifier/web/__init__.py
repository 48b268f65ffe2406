"""The page with which a lender checks their own ballot, without a server."""
