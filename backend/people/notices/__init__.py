"""Who was told what, when and how: notices from approved words only, and what became of each."""
