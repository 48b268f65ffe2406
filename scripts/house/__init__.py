"""Figures of the house: whether its imports run one way, and whether its files and functions stay short."""
