"""A project: the folder with a user's surveys, models and data, and what ships beside it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from mfp_stats.errors import Fault, ProjectError
from mfp_stats.questionnaire import Questionnaire, load

#: File that makes a folder below ``surveys/`` a survey.
QUESTIONNAIRE_FILE: Final = "questionnaire.yaml"
#: File beside it with shares of the population, see :mod:`mfp_stats.weights.margins`.
MARGINS_FILE: Final = "margins.yaml"
#: The shipped survey that :func:`init_project` copies.
STARTER: Final = "starter"

_WRITABLE: Final = "Give yourself the right to write there, or use another folder."
_PACKAGE: Final = Path(__file__).resolve().parent

type _Listing = Callable[[Path], Iterator[tuple[str, Path]]]


def shipped_root() -> Path | None:
    """Return the folder with the surveys, models and pages that ship with this library.

    Returns
    -------
    Path or None
        ``_bundled`` inside an installed package, else the checkout that the package is run
        from, else None (an installation that lost its content).
    """
    bundled = _PACKAGE / "_bundled"
    if bundled.is_dir():
        return bundled
    checkout = _PACKAGE.parent
    return checkout if (checkout / "pyproject.toml").is_file() else None


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with ``surveys/``, perhaps ``models/``, and ``data/``.

    What the folder does not hold is taken from the content shipped with the library; what it
    holds under a shipped name takes precedence, and :attr:`announcements` says so.

    Parameters
    ----------
    root
        The project's folder, absolute.
    shipped
        The folder of shipped content, see :func:`shipped_root`.
    """

    root: Path
    shipped: Path | None

    @classmethod
    def open(cls, start: Path | None = None) -> Self:
        """Find the project that ``start`` (default: the working directory) lies in.

        Raises
        ------
        ProjectError
            ``start`` is not a folder, or neither it nor a folder above it holds ``surveys/``.
        """
        start = (start or Path.cwd()).resolve()
        if not start.is_dir():
            raise ProjectError(Fault(str(start), "is not a folder", fix="Make one: mfp init DIR"))
        for folder in (start, *start.parents):
            if (folder / "surveys").is_dir():
                return cls(folder, shipped_root())
        fault = Fault(
            str(start),
            "neither this folder nor one above it has a surveys/ folder",
            fix="Make a project with: mfp init DIR",
        )
        raise ProjectError(fault)

    @property
    def data(self) -> Path:
        """The folder of the store, the uploads and the fits; made when first written to."""
        return self.root / "data"

    def surveys(self) -> tuple[str, ...]:
        """Return the names of all surveys, the project's own and the shipped, sorted."""
        return tuple(sorted(_named(self._roots(), _surveys_in)))

    def survey_folder(self, name: str) -> Path:
        """Return the folder of a survey.

        Raises
        ------
        ProjectError
            No survey has that name.
        """
        return self._find(name, "surveys", _named(self._roots(), _surveys_in))

    def questionnaire(self, name: str) -> Questionnaire:
        """Load the questionnaire of a survey.

        Raises
        ------
        ProjectError
            No survey has that name, or its questionnaire gives itself another one.
        QuestionnaireError
            The file breaks the rules of a questionnaire.
        """
        folder = self.survey_folder(name)
        questionnaire = load(folder)
        if questionnaire.survey != name:
            fault = Fault(
                f"{folder / QUESTIONNAIRE_FILE}, survey",
                f"is {questionnaire.survey!r}, but its folder is called {name!r}",
                fix="Give both the same name.",
            )
            raise ProjectError(fault)
        return questionnaire

    def mappings(self, survey: str) -> Mapping[str, Path]:
        """Return the import mappings of a survey by name, the project's own first.

        They are the ``mappings/*.yaml`` of the survey's folder. A project may hold mappings for
        a shipped survey without holding its questionnaire.
        """
        self.survey_folder(survey)

        def mappings_in(root: Path) -> Iterator[tuple[str, Path]]:
            found = (root / "surveys" / survey / "mappings").glob("*.yaml")
            return ((path.stem, path) for path in found)

        return dict(sorted(_named(self._roots(), mappings_in).items()))

    def mapping_file(self, survey: str, name: str) -> Path:
        """Return where this project keeps a mapping of a survey under ``name``."""
        self.survey_folder(survey)
        return self.root / "surveys" / survey / "mappings" / f"{name}.yaml"

    def margins_file(self, survey: str) -> Path | None:
        """Return the file with margins of a survey's population; None where it has none.

        A project may hold one for a shipped survey without holding its questionnaire.
        """
        self.survey_folder(survey)
        files = (root / "surveys" / survey / MARGINS_FILE for root in self._roots())
        return next((file for file in files if file.is_file()), None)

    def models(self) -> tuple[str, ...]:
        """Return the names of all model files, the project's own and the shipped, sorted."""
        return tuple(sorted(_named(self._roots(), _models_in)))

    def model_file(self, name: str) -> Path:
        """Return the file of a model, ``models/{name}.py``.

        Raises
        ------
        ProjectError
            No model has that name.
        """
        return self._find(name, "models", _named(self._roots(), _models_in))

    @property
    def app(self) -> Path:
        """The folder of the app's pages.

        Raises
        ------
        ProjectError
            This installation ships no pages.
        """
        folders = [root / "app" for root in self._roots()]
        return self._find("app", "", {f.name: f for f in reversed(folders) if f.is_dir()})

    @property
    def announcements(self) -> tuple[str, ...]:
        """What to tell the user about this project: each file of theirs that hides a shipped one.

        A copy that differs in nothing from the shipped content is not worth a line.
        """
        if self.shipped is None or self.shipped == self.root:
            return ()
        lines = []
        for kind, listing in (("surveys", _surveys_in), ("models", _models_in)):
            shipped = dict(listing(self.shipped))
            for name, path in sorted(listing(self.root)):
                if name in shipped and not _same(path, shipped[name]):
                    lines.append(f"using {kind}/{path.name} from {self._shown} (overrides bundled)")
        return tuple(lines)

    @property
    def _shown(self) -> str:
        return "./" if self.root == Path.cwd() else f"{self.root}/"

    def _roots(self) -> tuple[Path, ...]:
        """Folders of content, the one that takes precedence first."""
        if self.shipped is None or self.shipped == self.root:
            return (self.root,)
        return (self.root, self.shipped)

    def _find(self, name: str, kind: str, known: Mapping[str, Path]) -> Path:
        if name in known:
            return known[name]
        what = f"there is no {name!r}"
        raise ProjectError(Fault(str(self.root / kind), what, known=tuple(sorted(known))))


def init_project(folder: Path, *, shipped: Path | None = None) -> Project:
    """Make a project: a starter survey to change, and a data folder that git ignores.

    Parameters
    ----------
    folder
        Where; made with its parents where it does not exist.
    shipped
        The folder whose starter survey is copied; default :func:`shipped_root`.

    Raises
    ------
    ProjectError
        ``folder`` is a file or holds a ``surveys/`` or ``data/`` already (nothing is changed),
        or cannot be written, or this installation ships no starter.
    """
    folder = folder.resolve()
    shipped = shipped or shipped_root()
    starter = None if shipped is None else shipped / "surveys" / STARTER
    if starter is None or not (starter / QUESTIONNAIRE_FILE).is_file():
        what = "the starter survey is missing from this installation"
        raise ProjectError(Fault(str(starter or _PACKAGE), what, fix="Install mfp-stats again."))
    if folder.exists() and not folder.is_dir():
        raise ProjectError(Fault(str(folder), "is a file, not a folder"))
    taken = [folder / name for name in ("surveys", "data") if (folder / name).exists()]
    if taken:
        fix = "Choose another folder; nothing was changed."
        raise ProjectError([Fault(str(path), "exists already", fix=fix) for path in taken])
    try:
        shutil.copytree(starter, folder / "surveys" / STARTER)
        (folder / "data").mkdir()
        (folder / "data" / ".gitignore").write_text("*\n", encoding="utf-8")
    except (OSError, shutil.Error) as error:
        what = f"cannot be written: {error}"
        raise ProjectError(Fault(str(folder), what, fix="Choose another folder.")) from error
    return Project(folder, shipped)


def require_writable(*folders: Path, fix: str = _WRITABLE) -> None:
    """Make folders that are absent, and find out before long work that nothing can be kept there.

    Parameters
    ----------
    folders
        Where something is to be written.
    fix
        What to do where that cannot be.

    Raises
    ------
    ProjectError
        One cannot be made or written; every such folder.
    """
    faults = []
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            faults.append(Fault(str(folder), f"cannot be written: {error.strerror}", fix=fix))
    if faults:
        raise ProjectError(faults)


def _surveys_in(root: Path) -> Iterator[tuple[str, Path]]:
    found = (root / "surveys").glob(f"*/{QUESTIONNAIRE_FILE}")
    return ((path.parent.name, path.parent) for path in found)


def _models_in(root: Path) -> Iterator[tuple[str, Path]]:
    return ((path.stem, path) for path in (root / "models").glob("[!_]*.py"))


def _named(roots: tuple[Path, ...], listing: _Listing) -> dict[str, Path]:
    """Names found below the roots; where two hold the same name the earlier root's is kept."""
    return {name: path for root in reversed(roots) for name, path in listing(root)}


def _same(one: Path, other: Path) -> bool:
    return _contents(one) == _contents(other)


def _contents(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return {str(f.relative_to(path)): f.read_bytes() for f in files}
