"""What a check has found: power, widths, what blocks are worth, and what cannot be checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.burden import block_minutes, minutes
from mfp_stats.questionnaire.model import Questionnaire, say
from mfp_stats.simulate.needs import what_is_missing
from mfp_stats.workflow.prefield.blocks import advised, block_worth, lost_without
from mfp_stats.workflow.prefield.plan import NONE, DesignPlan, SurveyTask, evidence
from mfp_stats.workflow.prefield.power import Learnt, power_records
from mfp_stats.workflow.prefield.rows import Row

#: What is told of people who all count alike.
UNWEIGHTED: Final = "unweighted"

type _Record = dict[str, Any]


@dataclass(frozen=True)
class DesignCheck:
    """A check of a questionnaire before fieldwork, as far as its surveys are fitted.

    Parameters
    ----------
    questionnaire, plan
        What was checked.
    rows
        One a simulated survey, by name.
    damaged
        Files of rows that could not be read, and were simulated again.
    """

    questionnaire: Questionnaire
    plan: DesignPlan
    rows: Mapping[str, Row] = field(repr=False)
    damaged: tuple[Path, ...] = ()

    @property
    def minutes(self) -> float | None:
        """Minutes that a respondent needs; None where the survey was somebody else's."""
        return minutes(self.questionnaire) if self.questionnaire.source == "fielded" else None

    @cached_property
    def learnt(self) -> Learnt:
        """What all surveys say together."""
        return Learnt.of(self._whole(), self.plan.effect)

    @property
    def complete(self) -> bool:
        """Whether values, models and signals were all measured, so that a residual is named."""
        return self.learnt.complete

    @cached_property
    def power(self) -> pl.DataFrame:
        """One row a truth and pair of groups: shares of surveys by what they would say.

        ``right``, with its interval, is the share of surveys that name the cause (of truth
        ``none``: that say there is no gap), ``wrong`` of those that name another cause or deny a
        gap that is there. That rests on ``fits`` surveys. In ``verdicts`` of them the pair is
        the one that is so far apart (or none is): ``verdicts_right`` and ``verdicts_wrong`` count
        what these said themselves.
        """
        records = power_records(self._whole(), self.learnt)
        sizes, labels = self.plan.sizes(), {o.name: say(o.label) for o in self.questionnaire.groups}
        named = [
            {
                "truth": record["truth"],
                **{f"{end}_label": labels[record[end]] for end in ("group_a", "group_b")},
                "n_a": sizes[record["group_a"]],
                "n_b": sizes[record["group_b"]],
                "effect": 0.0 if record["truth"] == NONE else self.plan.effect,
                **record,
            }
            for record in records
        ]
        return pl.DataFrame(named, infer_schema_length=None)

    @cached_property
    def widths(self) -> pl.DataFrame:
        """One row a truth, quantity and pair or group: width of the 90 % interval.

        ``what`` is ``proposal`` or ``pooled`` for a gap and its causes, and the version of an
        overlap. ``width`` is the mean over fits, ``least`` and ``most`` their range.
        """
        records = [
            {"truth": task.truth, **width} for task, row in self._whole() for width in row["widths"]
        ]
        if not records:
            return pl.DataFrame()
        frame = pl.DataFrame(records, infer_schema_length=None)
        keys = [name for name in frame.columns if name != "width"]
        width = pl.col("width")
        return frame.group_by(keys, maintain_order=True).agg(
            width.mean(), least=width.min(), most=width.max(), fits=pl.len()
        )

    @cached_property
    def weights(self) -> pl.DataFrame:
        """One row: by what simulated people are weighted, and what that costs, a mean over fits.

        ``n`` people tell as much as ``effective_n`` who count alike. Empty where widths and power
        are those of unweighted answers.
        """
        told = [result["weights"] for _, result in self._whole() if "weights" in result]
        if not told or told[0]["weighting"] == UNWEIGHTED:
            return pl.DataFrame()
        return pl.DataFrame(told).group_by("weighting").agg(pl.col("n", "effective_n").mean())

    @cached_property
    def blocks(self) -> pl.DataFrame:
        """One row a block: what half of its answers does to the widths of intervals and to power.

        ``growth_*`` is the share by which intervals get wider; ``most`` names the one that grows
        most. ``advice`` is ``lengthen`` for the block whose halving costs most, ``shorten`` where
        no interval grows by a tenth, else ``keep``. ``lost`` names the causes, or the versions of
        overlap, that could no longer be told without it.
        """
        results = {task.name: result for task, result in self._results()}
        worth = (block_worth(self.plan, results, b, self.learnt) for b in self.plan.blocks)
        spent = block_minutes(self.questionnaire)
        known = self.minutes is not None
        records = [
            {
                "minutes": spent[record["block"]] if known else None,
                **record,
                "lost": lost_without(self.questionnaire, record["block"]),
            }
            for record in advised([one for one in worth if one is not None])
        ]
        return pl.DataFrame(records, infer_schema_length=None)

    @cached_property
    def fits(self) -> pl.DataFrame:
        """One row a truth: how many surveys were planned, fitted, refused and failed, and why."""
        records = []
        for truth in self.plan.truths:
            rows = [r for t, r in self._rows() if t.truth == truth and t.block is None]
            reasons = [" ".join(row["failure"]) for row in rows if "failure" in row]
            refused = [
                f"the fit did not pass its checks in {', '.join(row['refused'])}"
                for row in rows
                if "refused" in row
            ]
            records.append(
                {
                    "truth": truth,
                    "planned": self.plan.replicates,
                    "fitted": sum("result" in row for row in rows),
                    "refused": len(refused),
                    "failed": len(reasons),
                    "why": "; ".join(dict.fromkeys([*refused, *reasons])),
                }
            )
        return pl.DataFrame(records)

    @cached_property
    def restrictions(self) -> pl.DataFrame:
        """One row a thing that cannot be checked: ``what``, ``why`` and the ``fix``."""
        records = [*self._untold(), *self._too_small()]
        names = ("what", "why", "fix")
        return pl.DataFrame(records, schema=[(name, pl.String()) for name in names])

    def _rows(self) -> Iterator[tuple[SurveyTask, Row]]:
        for task in self.plan.tasks():
            if (row := self.rows.get(task.name)) is not None:
                yield task, row

    def _results(self) -> Iterator[tuple[SurveyTask, Mapping[str, Any]]]:
        return ((task, row["result"]) for task, row in self._rows() if "result" in row)

    def _whole(self) -> list[tuple[SurveyTask, Mapping[str, Any]]]:
        """Return the results of the surveys in which every block is whole."""
        return [(task, result) for task, result in self._results() if task.block is None]

    def _untold(self) -> Iterator[_Record]:
        q = self.questionnaire
        for truth in CAUSES:
            for fault in what_is_missing(q, truth):
                yield {"what": truth, "why": f"the survey {fault.what}", "fix": fault.fix}
        if not self.complete:
            yield {
                "what": "residual",
                "why": "values, models and signals are not all asked about",
                "fix": "Ask about all three, or a residual may be nothing but what was not asked.",
            }

    def _too_small(self) -> Iterator[_Record]:
        floor = self.questionnaire.floor
        for group, size in self.plan.sizes().items():
            if size <= floor:
                yield {
                    "what": group,
                    "why": f"{size} people are expected in it, and groups of {floor} or fewer "
                    "are not shown",
                    "fix": "Ask more of them, or merge the group with another.",
                }


def unrelated_blocks(questionnaire: Questionnaire, plan: DesignPlan) -> dict[str, float]:
    """Return the minutes of the blocks that nothing which is told of rests on, by name."""
    needed = {questionnaire.group, *plan.margins}
    counted = {block.name for block in evidence(questionnaire)}
    counted |= {item.block for item in questionnaire.items if item.name in needed}
    spent = block_minutes(questionnaire)
    return {name: spent[name] for name in spent if name not in counted}
