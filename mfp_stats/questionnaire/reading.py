"""Load a questionnaire from a file or a document."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mfp_stats.errors import Fault, QuestionnaireError
from mfp_stats.questionnaire import faults as faulty
from mfp_stats.questionnaire.expand import expand
from mfp_stats.questionnaire.faults import Faults
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.questionnaire.yaml_tree import LONGEST, plain, read_yaml

#: The file of a survey's folder.
FILE_NAME: Final = "questionnaire.yaml"


def load(path: Path) -> Questionnaire:
    """Load the questionnaire of a survey's folder, or a questionnaire file.

    Parameters
    ----------
    path
        A folder with ``questionnaire.yaml``, or a YAML file (UTF-8).

    Returns
    -------
    Questionnaire
        Frozen, expanded and valid.

    Raises
    ------
    QuestionnaireError
        The file cannot be read or breaks the rules; all its faults are listed.
    """
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        fix = "Make a survey to start from with: mfp init DIR"
        raise QuestionnaireError(Fault(str(file), "there is no such file", fix=fix))
    if file.stat().st_size > 4 * LONGEST:
        what = f"holds {file.stat().st_size:,} bytes; that is no questionnaire"
        raise QuestionnaireError(Fault("", what), about=str(file))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        fault = Fault(f"line {line}", "is not UTF-8", fix="Save the file as UTF-8.")
        raise QuestionnaireError(fault, about=str(file)) from None
    except OSError as error:
        fault = Fault("", f"cannot be read: {error.strerror}")
        raise QuestionnaireError(fault, about=str(file)) from error
    return parse(text, where=str(file))


def parse(document: str | Mapping[str, object], *, where: str) -> Questionnaire:
    """Make a questionnaire of YAML text, or of the mapping that such text describes.

    Parameters
    ----------
    document
        YAML, or nested mappings and lists.
    where
        What to call the document in faults.

    Returns
    -------
    Questionnaire
        Frozen, expanded and valid.

    Raises
    ------
    QuestionnaireError
        The document breaks the rules; all its faults are listed.
    """
    lines: dict[faulty.Path, int] = {}
    faults = Faults(where, lines)
    tree = read_yaml(document, faults, lines) if isinstance(document, str) else plain(document)
    if not isinstance(tree, dict):
        what = "is empty" if tree is None else "must be a mapping (key: value)"
        fix = "See the starter survey for the shape of a questionnaire."
        faults.add((), what, fix=fix)
        faults.stop_if_any()
    assert isinstance(tree, dict)
    return expand(tree, faults)
