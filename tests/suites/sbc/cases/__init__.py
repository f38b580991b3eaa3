"""One file a model: how to simulate its surveys by numpy, and what is ranked."""
