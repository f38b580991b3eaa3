"""A conjoint experiment from a table of profiles to designs that groups would accept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.conjoint import ConjointProfiles, conjoint_profiles
from mfp_stats.design.data import Bools, Floats
from mfp_stats.errors import DesignError, Fault
from mfp_stats.fitting.checks import GateResult
from mfp_stats.fitting.gate import check_draws
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.part_worths import part_worths
from mfp_stats.quantities.search.conjoint import conjoint_model, conjoint_space
from mfp_stats.quantities.search.results import headed, searched
from mfp_stats.quantities.search.rows import Cells
from mfp_stats.workflow.coordination import THRESHOLD

#: Groups of so many people or fewer are left out.
FLOOR: Final = 10
#: How it is sampled unless settings are given: sds of groups near nothing ask for small steps.
SETTINGS: Final = FitSettings(draws=1000, tune=1000, target_accept=0.98)
#: What refusals call the fit.
STEP: Final = "conjoint"


@dataclass(frozen=True, slots=True, eq=False)
class ConjointFit:
    """What levels are worth to each group, and whether that may be shown.

    Use :meth:`search`. ``utility`` (S, groups, 1, levels) and ``intercept`` (S, groups) are draws.
    """

    profiles: ConjointProfiles
    gate: GateResult
    utility: Floats = field(repr=False)
    intercept: Floats = field(repr=False)
    notes: tuple[str, ...] = ()

    def search(
        self,
        *,
        threshold: float = THRESHOLD,
        coalition: Sequence[str] | None = None,
        levels: Mapping[str, Sequence[str]] | None = None,
        possible: Bools | None = None,
    ) -> dict[str, pl.DataFrame]:
        """Search for designs that a coalition accepts together.

        Parameters
        ----------
        threshold
            Share, 0 to 1, that has to accept in each group: prefer the design to one of the
            experiment taken at random, or say yes to it where profiles were judged by themselves.
        coalition
            Names of groups; None: all of them.
        levels
            Attribute to the levels that designs may have; None: all.
        possible
            (all designs,) which can be, where parts follow from one another; in the order of
            ``itertools.product`` of the attributes' levels as :attr:`design_levels` lists them.

        Returns
        -------
        dict of polars.DataFrame
            ``search`` and ``search_summary`` as of :func:`mfp_stats.workflow.search.search`;
            without expected effects and without beliefs, which were not asked about.

        Raises
        ------
        FitRefused
            The fit failed its checks.
        ChoiceError
            The threshold is no share, or there is no such group, attribute or level.
        """
        self.gate.require(STEP)
        space = conjoint_space(self.profiles, possible)
        model = conjoint_model(self.utility, self.intercept, self.profiles, space)
        wanted = space.restricted(levels) if levels else space
        asked = list(self.profiles.groups) if coalition is None else coalition
        found = searched(model, wanted, asked, threshold, Cells([], []))
        notes = [*space.notes, *self.notes]
        designs, summary = headed(found, {"weighting": "unweighted"}, notes)
        return {"search": designs, "search_summary": summary}

    @property
    def design_levels(self) -> dict[str, tuple[str, ...]]:
        """Return the attributes and their levels, in the order in which designs are numbered."""
        space = conjoint_space(self.profiles)
        return {a.name: tuple(str(level) for level in a.levels) for a in space.attributes}


def fit_conjoint(
    frame: pl.DataFrame,
    attributes: Mapping[str, Sequence[str]],
    *,
    chosen: str,
    respondent: str,
    group: str,
    task: str | None = None,
    settings: FitSettings | None = None,
) -> ConjointFit:
    """Infer what attribute levels are worth to each stakeholder group.

    Parameters
    ----------
    frame
        A row a profile, with nothing missing in the columns named.
    attributes
        Column of each attribute to its levels, the reference level first.
    chosen
        Column with 1 where the profile was chosen or accepted, else 0.
    respondent
        Column that tells people apart.
    group
        Column of stakeholder groups; those of ten people or fewer are left out, with a note.
    task
        Column that tells a respondent's choices between two profiles apart; None: each profile was
        judged by itself.
    settings
        Of the sampler; default :data:`SETTINGS`.

    Raises
    ------
    DesignError
        What :func:`mfp_stats.design.conjoint.conjoint_profiles` says, or no group is large enough.
    """
    if {group, respondent} <= set(frame.columns):
        people = frame.group_by(group).agg(n=pl.col(respondent).n_unique())
        large = people.filter(pl.col("n") > FLOOR)[group]
        small = people.filter(pl.col("n") <= FLOOR)[group].drop_nulls().sort().to_list()
        if large.is_empty():
            what = f"no group has more than {FLOOR} people"
            raise DesignError(Fault(group, what), about=STEP)
        frame = frame.filter(pl.col(group).is_in(large.implode()) | pl.col(group).is_null())
    else:
        small = []
    profiles = conjoint_profiles(
        frame, attributes, chosen=chosen, respondent=respondent, group=group, task=task
    )
    notes = tuple(f"“{name}” is left out: ten people or fewer." for name in small)
    return replace(fit_profiles(profiles, settings=settings), notes=notes)


def fit_profiles(profiles: ConjointProfiles, *, settings: FitSettings | None = None) -> ConjointFit:
    """Infer what levels are worth from profiles with groups; see :func:`fit_conjoint`."""
    drawn = sample(part_worths(profiles), settings or SETTINGS)
    posterior, statistics = (drawn[name].to_dataset() for name in ("posterior", "sample_stats"))
    shown = posterior[["utility", "intercept"]]
    if profiles.rival is not None:
        shown = shown[["utility"]]
    return ConjointFit(
        profiles=profiles,
        gate=check_draws(shown, statistics),
        utility=_flat(posterior["utility"]),
        intercept=_flat(posterior["intercept"]),
    )


def _flat(draws: xr.DataArray) -> Floats:
    return np.asarray(draws.values.reshape(-1, *draws.shape[2:]), dtype=np.float64)
