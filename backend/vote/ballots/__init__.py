"""One lender's choice: intake, receipt, relay."""
