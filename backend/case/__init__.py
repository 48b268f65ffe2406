"""What a case is made of before anybody votes: its officials and acts, the claims register, the plans."""
