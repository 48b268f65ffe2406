"""The administrator's desk over accounts: who is ready to sign, and what two people change together."""
