"""Predictions of who accepts what in a coming wave, and how well they did. numpy and polars only.

A prediction is draws of the share of a group that accepts an intervention. What is predicted is the
share observed among n people who are asked: binomial around each draw, so that the noise of asking
no more than n people is in it. Nothing allows for change between waves: to find that out is what
scoring is for.
"""
