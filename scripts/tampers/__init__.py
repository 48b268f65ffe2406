"""Proof of the recount: whatever is tampered with is found and named, and nothing honest is called wrong."""
