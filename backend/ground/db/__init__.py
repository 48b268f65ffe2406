"""Engine, sessions, column types and migrations."""
