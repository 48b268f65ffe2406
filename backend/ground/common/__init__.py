"""What every room needs and what knows no room: errors, money, clock, hashing, sealed fields."""
