"""What notices say, by which ways and when they go, and what stands for all of them. Pure."""
