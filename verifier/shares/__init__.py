"""Sharing a secret among seats, for whoever knows nothing else: scalars, points, polynomials, boxes (protocol §22, §23)."""
