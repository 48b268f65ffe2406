"""What machines notice: it may look at everything below, and nothing below may look at it."""
