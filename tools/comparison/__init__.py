"""What `tools/compare.py` runs and tells."""
