"""The catalogue of lies, by what is lied about. Each changes one thing and is consistent everywhere else."""
