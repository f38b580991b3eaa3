"""Who belongs together, whatever the worldviews are called: partitions and how sure they are.

Distances between partitions are the variation of information in bits (Meilă 2007): 0 where two
agree, at most log2 N. The point estimate and the credible ball follow Wade & Ghahramani (2018),
Bayesian Analysis 13(2).
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class CredibleBall:
    """The partition closest to all others on average, and how far they spread.

    Labels are arbitrary: only who shares one counts.
    """

    centre: Ints  #: (N,) the partition of least expected variation of information
    expected: float  #: that expectation, in bits
    radius: float  #: the ball of this radius holds ``mass`` of the sampled partitions
    mass: float
    #: Partitions on the edge of the ball: farthest, and with fewest and most parts, (N,) each.
    farthest: Ints
    coarsest: Ints
    finest: Ints


def credible_ball(partitions: Ints, *, mass: float = 0.9) -> CredibleBall:
    """Summarise sampled partitions.

    Parameters
    ----------
    partitions
        Shape (M, N): a label 0..C-1 for each of N persons in M draws. The centre is sought among
        these.
    mass
        Posterior probability of the ball.
    """
    distance = variation_of_information(partitions)
    expected = distance.mean(axis=1)
    centre = int(expected.argmin())
    near = distance[centre]
    radius = float(np.quantile(near, mass, method="higher"))
    inside = np.flatnonzero(near <= radius)
    parts = np.array([len(np.unique(partitions[i])) for i in inside])
    fewest, most = inside[parts == parts.min()], inside[parts == parts.max()]
    return CredibleBall(
        centre=partitions[centre],
        expected=float(expected[centre]),
        radius=radius,
        mass=mass,
        farthest=partitions[inside[near[inside].argmax()]],
        coarsest=partitions[fewest[near[fewest].argmax()]],
        finest=partitions[most[near[most].argmax()]],
    )


def variation_of_information(partitions: Ints) -> Floats:
    """Return the distances between partitions (M, N) in bits, shape (M, M)."""
    draws, persons = partitions.shape
    classes = int(partitions.max()) + 1
    member = np.eye(classes)[partitions].transpose(0, 2, 1).reshape(draws * classes, persons)
    joint = (member @ member.T / persons).reshape(draws, classes, draws, classes)
    joint_entropy = _plogp(joint).sum(axis=(1, 3))
    entropy = _plogp(member.mean(axis=1).reshape(draws, classes)).sum(axis=1)
    distance = 2 * joint_entropy - entropy[:, None] - entropy[None, :]
    np.fill_diagonal(distance, 0.0)
    return np.maximum(distance, 0.0)


def co_membership(partitions: Ints) -> Floats:
    """Return how often each two persons share a part, (M, N) -> (N, N)."""
    draws, persons = partitions.shape
    together = np.zeros((persons, persons))
    for label in range(int(partitions.max()) + 1):
        member = (partitions == label).astype(float)
        together += member.T @ member / draws
    return together


def _plogp(probability: Floats) -> Floats:
    return np.asarray(-probability * np.log2(np.where(probability > 0, probability, 1.0)))
