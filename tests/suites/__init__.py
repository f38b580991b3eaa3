"""Slow suites: numbered replicates of one experiment, resumable, one kept row each.

Run with ``python -m tests.suites``; see CONTRIBUTING.md. ``replicates`` runs them, ``rows`` keeps
them, ``report`` renders ``docs/calibration.md`` from what is kept.
"""
