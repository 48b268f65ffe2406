"""The certificate of a decided poll: one set of facts, as JSON for programs and as PDF/A for files and seals."""
