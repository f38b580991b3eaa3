"""Search for better designs of proposals: which combination of attributes groups would accept.

numpy and polars only, except where draws are made of a fit's posterior (``draws``): the web process
searches by itself, for any coalition and threshold.
"""
