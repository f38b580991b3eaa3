"""Responses laid out person by person, so that a worldview is summed out over a person's answers.

A person answered at most A of the offers: X interventions, then, where it was asked, the same X
under stipulated consequences. Slots beyond a person's answers are empty. Persons are the last axis
of everything: along it the compiled code computes several numbers at a time.
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Floats, Index, Ints, Responses


@dataclass(frozen=True, slots=True, eq=False)
class ResponseSlots:
    """N persons, A slots, O offers, L levels."""

    intervention: Ints  #: (A, N) index of the intervention; 0 in an empty slot
    natural: Floats  #: (A, N) 1 where the answer is not under stipulated consequences
    filled: Floats  #: (A, N) 1 where there is an answer
    offer: Floats  #: (O, A, N) 1 at the offer answered; all 0 in an empty slot
    over: Floats  #: (L − 1, A, N) 1 at the cut point right below the answer
    under: Floats  #: (L − 1, A, N) 1 at the cut point right above it
    interventions: int

    @property
    def asked(self) -> Floats:
        """(X, A, N) 1 at the intervention answered, under stipulated consequences or not."""
        natural, supposed = np.split(self.offer, [self.interventions])
        return natural + supposed if len(supposed) else natural

    def moments(self, index: Index) -> dict[str, Floats]:
        """Return a person's index at each slot; 0 where a slot is empty.

        What people expect is 0 under stipulated consequences, what they are told is not.

        ``log_membership`` (C, N); ``expected`` (2, C, A, N), ``expected_variance`` (3, C, A, N);
        ``signal``, ``signal_variance`` (2, Q, C, A, N), coefficients of ρ as in :class:`Index`;
        ``value`` (K, N), ``value_covariance`` (K (K + 1) / 2, N),
        the upper triangle row by row, off the diagonal twice, for ``Σ_kl b_k b_l Cov_kl``.
        """
        rows, columns = np.triu_indices(index.value.shape[1])
        twice = np.where(rows == columns, 1.0, 2.0)
        person = np.arange(self.intervention.shape[1])
        natural = self.natural * self.filled

        def at_slots(array: Floats, kept: Floats) -> Floats:
            picked = array[person, self.intervention]  # (A, N, ...)
            return np.ascontiguousarray(picked.T.swapaxes(-1, -2) * kept)

        return {
            "log_membership": np.ascontiguousarray(index.log_membership.T),
            "expected": at_slots(index.expected, natural),
            "expected_variance": at_slots(index.expected_variance, natural),
            "signal": at_slots(index.signal, self.filled),
            "signal_variance": at_slots(index.signal_variance, self.filled),
            "value": np.ascontiguousarray(index.value.T),
            "value_covariance": (index.value_covariance[:, rows, columns] * twice).T.copy(),
        }

    def average(self, index: Index, array: Floats, *, stipulated: bool) -> Floats:
        """Average (N, X, C) over those who answered about an offer, (O,).

        0 where nobody answered; for offers under stipulated consequences only if ``stipulated``.
        """
        member = np.exp(index.log_membership)[:, None]  # (N, 1, C)
        each = (array * member).sum(axis=2)  # (N, X)
        asked = self.offer.sum(axis=1).T  # (N, O)
        total = (np.tile(each, asked.shape[1] // self.interventions) * asked).sum(axis=0)
        found = total / np.maximum(asked.sum(axis=0), 1)
        found[self.interventions :] *= stipulated
        return np.asarray(found)


def response_slots(responses: Responses) -> ResponseSlots:
    """Lay the answers of one survey out in slots."""
    answers = responses.answers
    persons, interventions = answers.shape
    if responses.stipulated is not None:
        answers = np.hstack([answers, responses.stipulated])
    offers, cuts = answers.shape[1], len(responses.levels) - 1
    person, offer = np.nonzero(answers >= 0)
    slot = _running_number(person, persons)
    shape = (int(slot.max(initial=0)) + 1, persons)
    level = answers[person, offer]
    intervention = np.zeros(shape, dtype=np.int64)
    intervention[slot, person] = offer % interventions
    natural, filled = np.zeros(shape), np.zeros(shape)
    natural[slot, person] = offer < interventions
    filled[slot, person] = 1.0
    at = np.zeros((offers, *shape))
    at[offer, slot, person] = 1.0
    over, under = np.zeros((cuts, *shape)), np.zeros((cuts, *shape))
    low, high = level > 0, level < cuts
    over[level[low] - 1, slot[low], person[low]] = 1.0
    under[level[high], slot[high], person[high]] = 1.0
    return ResponseSlots(intervention, natural, filled, at, over, under, interventions)


def _running_number(person: Ints, persons: int) -> Ints:
    """Return the running number of each answer within its person; ``person`` is sorted."""
    first = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=persons))[:-1]])
    return np.asarray(np.arange(len(person)) - first[person], dtype=np.int64)
