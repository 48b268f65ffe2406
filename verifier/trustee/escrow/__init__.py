"""A trustee's part in openings that survive: own share, order, drill, opening, sharing anew (protocol §23)."""
