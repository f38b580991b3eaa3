"""Tidy tables in, words and charts out; no statistics are computed here."""
