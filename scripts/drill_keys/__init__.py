"""The drill of keys: files are lost and trustees stay away, in every way there is, and what t of n can restore is restored."""
