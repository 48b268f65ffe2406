"""Changes the recounts in small ways, one at a time, and sees whether a lie then passes."""
