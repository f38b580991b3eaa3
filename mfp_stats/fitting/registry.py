"""The decorator that marks a model file's function, and what it says about the model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mfp_stats.errors import DesignError, Fault, ModelError
from mfp_stats.fitting.signatures import options_of, signature_faults

if TYPE_CHECKING:
    import pymc as pm

    from mfp_stats.design.data import ModelData

#: What a model may need of a survey: parts of ``ModelData``, by the words used in ``needs``.
PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tradeoffs": "has_tradeoffs",
        "best_worst": "best_worst",
        "picks": "picks",
        "rankings": "rankings",
        "ratings": "ratings",
        "beliefs": "beliefs",
        "experience": "experience",
        "log_evidence": "log_evidence",
        "told": "told",
        "conjoint": "conjoint",
        "expectations": "expectations",
        "log_membership": "log_membership",
        "responses": "responses",
        "index": "index",
        "weight": "weight",
    }
)


@dataclass(frozen=True, slots=True)
class Prior:
    """One number that sets a prior, with its meaning in plain words.

    Parameters
    ----------
    value
        The number used unless a user overrides it.
    meaning
        What it says about the world, with its unit or scale: "sd of a group's mean importance
        around the overall mean, in logits".
    """

    value: float
    meaning: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model file says about its model.

    Parameters
    ----------
    name
        Name of the decorated function.
    title
        A few words for lists of models.
    needs
        Parts of :class:`~mfp_stats.design.data.ModelData` without which it cannot be built; all
        must be there. ``"tradeoffs or ratings"`` asks for at least one of the two.
    priors
        Name to :class:`Prior`; these names are what a user may override.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    priors: Mapping[str, Prior] = field(default_factory=dict)

    def prior_values(self, overrides: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return the number of every prior, the user's where there is one.

        Raises
        ------
        ModelError
            An override names no prior of this model, or is not a finite number.
        """
        overrides = overrides or {}
        known = tuple(self.priors)
        faults = [
            Fault(f"priors.{name}", f"model {self.name!r} has no prior of that name", known=known)
            for name in overrides
            if name not in self.priors
        ]
        faults += [
            Fault(f"priors.{name}", f"is {value!r}, not a finite number")
            for name, value in overrides.items()
            if not _is_finite(value)
        ]
        if faults:
            raise ModelError(faults)
        values = {name: float(prior.value) for name, prior in self.priors.items()}
        return values | {name: float(value) for name, value in overrides.items()}

    def missing(self, data: "ModelData") -> tuple[str, ...]:
        """Return the entries of ``needs`` that a survey's data does not meet."""
        return tuple(need for need in self.needs if not _meets(data, need))


@dataclass(frozen=True, slots=True)
class ModelFunction:
    """A model file's function, called with data and, if wanted, other priors and options.

    Parameters
    ----------
    info
        What the file says about the model.
    function
        The function as written in the file.
    """

    info: ModelInfo
    function: "Callable[..., pm.Model]"

    def __call__(
        self,
        data: "ModelData",
        *,
        priors: Mapping[str, float] | None = None,
        **options: Any,  # noqa: ANN401 - a model file names and types its own options
    ) -> "pm.Model":
        """Build the model for one survey.

        Parameters
        ----------
        data
            The survey's arrays.
        priors
            Overrides of ``info.priors`` by name; the function receives every prior's number.
        **options
            Further keyword arguments of the function, e.g. ``classes=3``.

        Raises
        ------
        DesignError
            The data lacks a part that the model needs.
        ModelError
            ``priors`` or ``options`` name something that the model does not have.
        """
        self._check_needs(data)
        values = self.info.prior_values(priors)
        self._check_options(options)
        given = {"priors": MappingProxyType(values)} if self.info.priors else {}
        return self.function(data, **given, **options)

    def _check_needs(self, data: "ModelData") -> None:
        fix = "Add questions of that role to the survey, or choose another model."
        faults = [
            Fault(
                data.survey, f"model {self.info.name!r} needs {need}, which is not there", fix=fix
            )
            for need in self.info.missing(data)
        ]
        if faults:
            raise DesignError(faults)

    def _check_options(self, options: Mapping[str, object]) -> None:
        known, required = options_of(self.function)
        where = f"model {self.info.name!r}"
        faults = [
            Fault(where, f"has no option {name!r}", known=known)
            for name in options
            if name not in known
        ]
        faults += [
            Fault(where, f"needs the option {name!r}") for name in required if name not in options
        ]
        if faults:
            raise ModelError(faults)


def model(
    *,
    title: str,
    needs: Sequence[str] = (),
    priors: Mapping[str, Prior] | None = None,
) -> "Callable[[Callable[..., pm.Model]], ModelFunction]":
    """Mark the one function of a model file that builds its model.

    The function's first parameter is the survey's :class:`~mfp_stats.design.data.ModelData`.
    Where ``priors`` are declared it also takes the keyword ``priors``, a mapping from each name
    to its number. Further keyword-only parameters are options of the model.

    Parameters
    ----------
    title
        A few words for lists of models.
    needs
        Parts of ``ModelData`` that the model cannot do without, see :class:`ModelInfo`.
    priors
        The numbers that set its priors.

    Returns
    -------
    Callable
        Decorator that turns the function into a :class:`ModelFunction`.

    Raises
    ------
    ModelError
        ``needs`` names no part of ``ModelData``, or function and ``priors`` do not fit together.

    Examples
    --------
    >>> @model(title="Importance", priors={"spread": Prior(1.0, "sd between people, logits")})
    ... def importance(data, *, priors): ...
    >>> importance.info.prior_values({"spread": 0.5})
    {'spread': 0.5}
    """
    priors = MappingProxyType(dict(priors or {}))

    def decorate(function: "Callable[..., pm.Model]") -> ModelFunction:
        info = ModelInfo(function.__name__, title, tuple(needs), priors)
        faults = [
            *_need_faults(info),
            *signature_faults(info.name, function, has_priors=bool(priors)),
        ]
        if faults:
            raise ModelError(faults)
        return ModelFunction(info, function)

    return decorate


def parse_priors(texts: Iterable[str], info: ModelInfo) -> dict[str, float]:
    """Read overrides of priors as a user writes them: ``["sigma_values=0.5", ...]``.

    Returns
    -------
    dict
        Name to number, overrides only.

    Raises
    ------
    ModelError
        A text is not ``name=number``, names no prior of the model, or repeats a name; all faults.
    """
    faults: list[Fault] = []
    values: dict[str, float] = {}
    for text in texts:
        name, _, number = (part.strip() for part in text.partition("="))
        value = _number(number)
        if value is None:
            faults.append(Fault(text, "is not of the form name=number", known=tuple(info.priors)))
        elif name in values:
            faults.append(Fault(text, f"sets the prior {name!r} a second time"))
        else:
            values[name] = value
    try:
        info.prior_values(values)
    except ModelError as error:
        faults += error.faults
    if faults:
        raise ModelError(faults)
    return values


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < float("inf")


def _meets(data: "ModelData", need: str) -> bool:
    parts = (getattr(data, PARTS[word]) for word in need.split(" or "))
    return any(part is not None and part is not False for part in parts)


def _need_faults(info: ModelInfo) -> list[Fault]:
    where = f"model {info.name!r}, needs"
    return [
        Fault(where, f"{word!r} is no part of a survey's data", known=tuple(PARTS))
        for need in info.needs
        for word in need.split(" or ")
        if word not in PARTS
    ]
