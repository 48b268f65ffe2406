"""Rules of flags: whole numbers and fractions only, no web, SQL, chain or clock."""
