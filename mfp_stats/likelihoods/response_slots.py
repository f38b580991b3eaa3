"""Responses laid out person by person, so that a worldview is summed out over a person's answers.

A person answered at most A of the offers: X interventions, then, where it was asked, the same X
under stipulated consequences. Slots beyond a person's answers are empty.
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Floats, Index, Ints, Responses


@dataclass(frozen=True, slots=True, eq=False)
class ResponseSlots:
    """N persons, A slots, O offers, L levels."""

    intervention: Ints  #: (N, A) index of the intervention; 0 in an empty slot
    natural: Floats  #: (N, A) 1 where the answer is not under stipulated consequences
    filled: Floats  #: (N, A) 1 where there is an answer
    offer: Floats  #: (N, A, O) 1 at the offer answered; all 0 in an empty slot
    over: Floats  #: (N, A, L − 1) 1 at the cut point right below the answer
    under: Floats  #: (N, A, L − 1) 1 at the cut point right above it
    interventions: int

    def moments(self, index: Index) -> dict[str, Floats]:
        """Return a person's index at each slot; 0 under stipulated consequences and where empty.

        ``log_membership`` (N, C); ``expected`` (N, A, C, 2), ``expected_variance`` (N, A, C, 3);
        ``signal``, ``signal_variance`` (N, A, C, Q, 2), coefficients of ρ as in :class:`Index`;
        ``value`` (N, K), ``value_covariance`` (N, K (K + 1) / 2),
        the upper triangle row by row, off the diagonal twice, for ``Σ_kl b_k b_l Cov_kl``.
        """
        rows, columns = np.triu_indices(index.value.shape[1])
        twice = np.where(rows == columns, 1.0, 2.0)
        person = np.arange(len(self.intervention))[:, None]
        kept = self.natural * self.filled

        def at_slots(array: Floats) -> Floats:
            picked = array[person, self.intervention]
            return np.asarray(picked * kept.reshape(kept.shape + (1,) * (picked.ndim - 2)))

        return {
            "log_membership": index.log_membership,
            "expected": at_slots(index.expected),
            "expected_variance": at_slots(index.expected_variance),
            "signal": at_slots(index.signal),
            "signal_variance": at_slots(index.signal_variance),
            "value": index.value,
            "value_covariance": index.value_covariance[:, rows, columns] * twice,
        }


def response_slots(responses: Responses) -> ResponseSlots:
    """Lay the answers of one survey out in slots."""
    answers = responses.answers
    persons, interventions = answers.shape
    if responses.stipulated is not None:
        answers = np.hstack([answers, responses.stipulated])
    offers, cuts = answers.shape[1], len(responses.levels) - 1
    person, offer = np.nonzero(answers >= 0)
    slot = _running_number(person, persons)
    shape = (persons, int(slot.max(initial=0)) + 1)
    level = answers[person, offer]
    intervention = np.zeros(shape, dtype=np.int64)
    intervention[person, slot] = offer % interventions
    natural, filled = np.zeros(shape), np.zeros(shape)
    natural[person, slot] = offer < interventions
    filled[person, slot] = 1.0
    at = np.zeros((*shape, offers))
    at[person, slot, offer] = 1.0
    over, under = np.zeros((*shape, cuts)), np.zeros((*shape, cuts))
    low, high = level > 0, level < cuts
    over[person[low], slot[low], level[low] - 1] = 1.0
    under[person[high], slot[high], level[high]] = 1.0
    return ResponseSlots(intervention, natural, filled, at, over, under, interventions)


def _running_number(person: Ints, persons: int) -> Ints:
    """Return the running number of each answer within its person; ``person`` is sorted."""
    first = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=persons))[:-1]])
    return np.asarray(np.arange(len(person)) - first[person], dtype=np.int64)
