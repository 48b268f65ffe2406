"""What published totals tell about single lenders, and who has seen it before they are published."""
