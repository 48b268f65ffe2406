"""One vote, from its announcement to the officials' approval."""
