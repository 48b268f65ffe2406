"""Lenders' complaints that a ballot is not recorded, or recorded otherwise: filed until the decision, answered by officials."""
