"""What a sealed poll keeps before its close: whether any k or choice is stored anywhere, and whether stored fields tell choices."""
