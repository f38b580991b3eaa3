"""Log-likelihoods that model files are made of: pytensor expressions and their numpy twins."""
