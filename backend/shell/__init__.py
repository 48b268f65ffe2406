"""What is HTTP and no room's: errors, limits, health, figures, the API document; and what is deleted by itself."""
