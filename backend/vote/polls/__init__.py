"""When, on what, under which rule."""
