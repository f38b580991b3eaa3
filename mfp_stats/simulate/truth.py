"""Everything that a simulated survey is drawn from (method, section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """How each kind of person (A worldviews, or A groups) answers a question with J options.

    For select_one the probabilities of the options; for select_multiple the probability of
    each option being ticked, independently, before the limit on how many may be; for rank and
    best_worst the probability of each option coming first (Plackett–Luce).
    """

    probabilities: Floats  #: (A, J) in the order of the item's options
    dont_know: Floats  #: (A,) probability of answering "don't know", where that is offered


@dataclass(frozen=True, slots=True, eq=False)
class NumberProfile:
    """How each kind of person answers a question for a number: normal, cut at its limits."""

    means: Floats  #: (A,)
    sd: float
    dont_know: Floats  #: (A,)


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What being told something adds to answers that it speaks for, in logits of its direction."""

    #: (2, C) by trust in the source (0 distrusts) and worldview; where trust is not asked about, 1.
    beliefs: Floats
    support: Floats  #: likewise, of proposals
    lasts: float = 1.0  #: share of it that is left when people answer again


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """All parameters of a simulated survey.

    G groups, K values, C worldviews (classes), X interventions, Q signals; axes follow the
    named coordinates. Change one with :func:`dataclasses.replace`. Utilities, ratings,
    consequences, signals and support are on the logit scale.
    """

    groups: tuple[str, ...]
    values: tuple[str, ...]
    classes: tuple[str, ...]
    interventions: tuple[str, ...]
    signals: tuple[str, ...]

    group_shares: Floats  #: (G,) sums to 1
    value_means: Floats  #: (G, K) μ; every row sums to 0
    value_covariance: Floats  #: (K, K) Σ, of vectors that sum to 0
    class_shares: Floats  #: (G, C) rows sum to 1

    #: Choice consistency s_i of best–worst answers, lognormal: median and sd of the logarithm.
    consistency: float = 1.0
    consistency_sd: float = 0.3
    #: Ratings: λ_gk v_ik + δ_i, δ_i ~ Normal(style mean of the group, style_sd).
    rating_loadings: Floats = field(default_factory=lambda: np.ones((0, 0)))  #: (G, K)
    style_means: Floats = field(default_factory=lambda: np.zeros(0))  #: (G,)
    style_sd: float = 0.7

    #: Cut points (J − 1, increasing) of every ordinal item with a latent scale of its own:
    #: ratings, consequences, signals, responses, perceptions; least of the construct first.
    thresholds: Mapping[str, Floats] = field(default_factory=dict)
    #: Items that worldviews answer in their own way (beliefs, experience), rows = classes.
    class_profiles: Mapping[str, Profile | NumberProfile] = field(default_factory=dict)
    #: Items that stakeholder groups answer in their own way (covariates), rows = groups.
    group_profiles: Mapping[str, Profile | NumberProfile] = field(default_factory=dict)

    #: m_ixk = class mean + group deviation + Normal(0, sd).
    consequence_means: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))  #: (C, X, K)
    consequence_deviations: Floats = field(
        default_factory=lambda: np.zeros((0, 0, 0))
    )  #: (G, X, K)
    consequence_sd: float = 0.5
    consequence_dont_know: Floats = field(default_factory=lambda: np.zeros(0))  #: (C,)
    #: s_ixq, likewise.
    signal_means: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))  #: (C, X, Q)
    signal_deviations: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))  #: (G, X, Q)
    signal_sd: float = 0.5

    #: η_ix = α_x + β·K·Σ_k w_ik m_ixk + Σ_q γ_q s_ixq + τ_gx + u_i, u_i ~ Normal(0, sd).
    intercepts: Floats = field(default_factory=lambda: np.zeros(0))  #: (X,) α
    consequence_weight: float = 0.3  #: β
    signal_weights: Floats = field(default_factory=lambda: np.zeros(0))  #: (Q,) γ
    residuals: Floats = field(default_factory=lambda: np.zeros((0, 0)))  #: (G, X) τ
    person_sd: float = 0.7
    #: How far stated consequences move toward what a person supports (0: not at all), and the
    #: share of that which is left where they are stated before support is asked.
    rationalisation: float = 0.0
    rationalisation_before_support: float = 0.5
    #: m that a block of responses tells everybody to suppose, by block, (K,); it replaces their
    #: own in those responses and nowhere else.
    stipulated: Mapping[str, Floats] = field(default_factory=dict)

    #: Worth of every level, by conjoint block: (G, levels of all attributes one after the other,
    #: in the order of the block's attributes), logits that sum to 0 within each attribute.
    part_worths: Mapping[str, Floats] = field(default_factory=dict)

    #: Response to each piece of information; who was told one that is not here does not respond.
    information: Mapping[str, Response] = field(default_factory=dict)

    #: What people think that a group holds: own value × bias + the group's mean × (1 − bias).
    perception_bias: float = 0.3
    perception_sd: float = 0.4

    #: Probabilities of skipping, refusing and not knowing, where the item allows it.
    skip_rate: float = 0.01
    refusal_rate: float = 0.01
    dont_know_rate: float = 0.04
    #: sd of the logarithm of the weights, where the survey has weights.
    weight_sd: float = 0.4
