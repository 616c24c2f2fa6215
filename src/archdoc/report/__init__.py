"""Drift, findings and problems, told in the formats that people and machines read."""
