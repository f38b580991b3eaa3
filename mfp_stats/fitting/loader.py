"""Load a model file by path. **Loading runs the file's code**: load only files you trust.

Before anything runs, the file's imports are checked. That keeps model files readable and alike;
it is no protection against a hostile file.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import cloudpickle
import pymc as pm

from mfp_stats.design.data import ModelData
from mfp_stats.errors import Fault, ModelError
from mfp_stats.fitting.registry import ModelFunction, ModelInfo

#: What a model file may import: these packages, and these modules of the standard library.
ALLOWED: Final = ("pymc", "pytensor", "numpy", "mfp_stats", "math", "typing", "collections.abc")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model file, loaded.

    Parameters
    ----------
    name
        Name of its ``@model`` function.
    path
        The file.
    sha256
        Hash of the file's bytes, hexadecimal.
    text
        The file's text as it was run, kept in a fit's manifest.
    module
        Unique name under which the module is registered in ``sys.modules``.
    function
        The decorated function.
    """

    name: str
    path: Path
    sha256: str
    text: str
    module: str
    function: ModelFunction

    @property
    def info(self) -> ModelInfo:
        """What the file says about its model."""
        return self.function.info

    def build(
        self,
        data: ModelData,
        *,
        priors: Mapping[str, float] | None = None,
        **options: Any,  # noqa: ANN401 - a model file names and types its own options
    ) -> pm.Model:
        """Build the model for one survey.

        Parameters
        ----------
        data
            The survey's arrays.
        priors
            Overrides of the file's priors by name.
        **options
            Options of the file's function, e.g. ``classes=3``.

        Raises
        ------
        DesignError
            The data lacks a part that the model needs.
        ModelError
            An override or option is unknown, or the function returns no ``pm.Model``.
        """
        built = self.function(data, priors=priors, **options)
        if not isinstance(built, pm.Model):
            what = f"{self.name} returned a {type(built).__name__}, not a pm.Model"
            raise ModelError(Fault(str(self.path), what))
        return built


def load_model(path: Path) -> LoadedModel:
    """Load a model file by running it.

    Each content of each path gets its own module name, so that two files called ``values.py``
    never shadow each other, and objects of the module are pickled by value, so that a spawned
    worker need not be able to import it.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    ModelError
        The file cannot be read or is not Python, imports what a model file may not, fails when
        run, or has no ``@model`` function or more than one.
    """
    path = path.resolve()
    text = _read(path)
    _check_imports(path, text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    module = _run(path, text, _module_name(path, sha256))
    function = _only_model(path, module)
    return LoadedModel(function.info.name, path, sha256, text, module.__name__, function)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(Fault(str(path), f"cannot be read: {error}")) from error


def _check_imports(path: Path, text: str) -> None:
    try:
        tree = ast.parse(text, filename=str(path))
    except SyntaxError as error:
        fault = Fault(f"{path}, line {error.lineno}", f"is not Python: {error.msg}")
        raise ModelError(fault) from error
    faults = [
        Fault(f"{path}, line {line}", f"imports {name!r}, which a model file may not", ALLOWED)
        for line, name in _imports(tree)
        if not _is_allowed(name)
    ]
    if faults:
        raise ModelError(faults)


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            yield (node.lineno, dots + (node.module or ""))


def _is_allowed(name: str) -> bool:
    return any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED)


def _module_name(path: Path, sha256: str) -> str:
    where = hashlib.sha256(str(path).encode()).hexdigest()
    return f"mfp_model_{path.stem}_{where[:8]}_{sha256[:8]}"


def _run(path: Path, text: str, name: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__spec__ = ModuleSpec(name, loader=None, origin=str(path))
    sys.modules[name] = module
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)  # noqa: S102 - running it is the point
    except ModelError as error:
        del sys.modules[name]
        raise ModelError(error.faults, about=str(path)) from error
    except Exception as error:  # whatever the user's file raises
        del sys.modules[name]
        what = f"fails when it is run: {type(error).__name__}: {error}"
        raise ModelError(Fault(str(path), what)) from error
    cloudpickle.register_pickle_by_value(module)
    return module


def _only_model(path: Path, module: ModuleType) -> ModelFunction:
    found = [value for value in vars(module).values() if isinstance(value, ModelFunction)]
    found = [function for function in found if function.function.__module__ == module.__name__]
    if len(found) == 1:
        return found[0]
    names = ", ".join(function.info.name for function in found)
    what = (
        f"marks {len(found)} functions with @model ({names})" if found else "has no @model function"
    )
    raise ModelError(Fault(str(path), what, fix="Mark the one function that builds the model."))
