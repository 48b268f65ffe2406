"""Is this the lender? One-to-one face matching; the only place that loads dlib, and only inside worker processes."""
