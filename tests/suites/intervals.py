"""What a count out of a number of replicates says."""

from scipy import stats


def binomial_interval(hits: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a proportion (Clopper & Pearson 1934).

    Parameters
    ----------
    hits, of
        Successes and trials, at least one trial.
    level
        Its coverage, at least.
    """
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, hits, of - hits + 1) if hits else 0.0
    high = stats.beta.ppf(1 - tail, hits + 1, of - hits) if hits < of else 1.0
    return float(low), float(high)


def share_words(hits: int, of: int) -> str:
    """Return ``11 of 12 (0.62–1.00)``."""
    if not of:
        return "0 of 0"
    low, high = binomial_interval(hits, of)
    return f"{hits} of {of} ({low:.2f}–{high:.2f})"
