"""Where the face room is measured: attackers, puppets, trials, error rates and their bounds. Nothing here runs in a vote."""
