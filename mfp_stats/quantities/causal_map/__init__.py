"""Causal maps: which concept people believe to act on which, and what would follow from that."""
