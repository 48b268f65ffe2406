"""The recount once more, in JavaScript and by other ways; Python only starts it."""
