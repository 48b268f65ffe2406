"""Signs credentials after it met the lender: by face, or through two officials' vouchers. Own process, own key, own log."""
