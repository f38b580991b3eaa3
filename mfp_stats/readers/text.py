"""Bytes of a text file to UTF-8: which encoding, and what was decided about it."""

import codecs
import io
from collections.abc import Iterator
from typing import Final

from mfp_stats.errors import Fault, ImportRejected

_STEP: Final = 1 << 24
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def to_utf8(data: bytes, encoding: str | None) -> tuple[bytes, str]:
    """Return the text as UTF-8 with line feeds between lines, and a note on its encoding.

    Parameters
    ----------
    data
        The file's bytes.
    encoding
        Encoding given by the user; None: byte order mark, else UTF-8, else UTF-16 where every
        other byte is zero, else Windows-1252, else Latin-1.

    Raises
    ------
    ImportRejected
        The bytes are not of that encoding, or zero bytes (NUL) stand among the text.
    """
    marked, body = _mark(data)
    chosen = encoding or marked or _guess(body)
    text = _decode(body, chosen)
    _refuse_nul(text)
    if b"\r" in text and b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    return text, _note(chosen, guessed=not (encoding or marked))


def _mark(data: bytes) -> tuple[str | None, bytes]:
    """Return the encoding that a byte order mark tells, and the bytes after it."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding, data[len(bom) :]
    return None, data


def _guess(data: bytes) -> str:
    if _is(data, "utf-8"):
        return _zeros(data[:4096]) or "utf-8"
    if encoding := _zeros(data[:4096]):
        return encoding
    return "cp1252" if _is(data, "cp1252") else "latin-1"


def _zeros(sample: bytes) -> str | None:
    """Return UTF-16 without a mark where most of every other byte is zero and the rest is not."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _pieces(data: bytes, encoding: str) -> Iterator[str]:
    """Decode piece by piece: a whole text may take four bytes a letter."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    view = memoryview(data)
    for start in range(0, len(data), _STEP):
        yield decoder.decode(bytes(view[start : start + _STEP]))
    yield decoder.decode(b"", final=True)


def _is(data: bytes, encoding: str) -> bool:
    if encoding == "utf-8" and data.isascii():
        return True
    try:
        for _ in _pieces(data, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _decode(data: bytes, encoding: str) -> bytes:
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        known = ("utf-8", "utf-16", "cp1252", "latin-1", "iso-8859-15", "shift_jis")
        what = f"unknown encoding {encoding!r}"
        raise ImportRejected(Fault("{encoding}", what, known=known)) from None
    if codec.name == "utf-8" and _is(data, "utf-8"):
        return data
    out, lines = io.BytesIO(), 1
    try:
        for piece in _pieces(data, codec.name):
            encoded = piece.encode("utf-8")
            lines += encoded.count(b"\n")
            out.write(encoded)
    except (UnicodeError, TypeError, AttributeError):
        where = f"line {lines}" if lines == 1 else f"line {lines} or later"
        what = f"holds bytes that are no {codec.name} text"
        fix = "Save it as UTF-8, or name its encoding {encoding}."
        raise ImportRejected(Fault(where, what, fix=fix)) from None
    return out.getvalue()


def _refuse_nul(text: bytes) -> None:
    if first := text.find(b"\0") + 1:
        line = text.count(b"\n", 0, first) + 1
        what = f"holds zero bytes (NUL), {text.count(0)} in all: it is damaged or no text file"
        raise ImportRejected(Fault(f"line {line}", what, fix="Export it again as CSV."))


def _note(encoding: str, *, guessed: bool) -> str:
    if encoding == "utf-8":
        return "encoding: utf-8"
    if not guessed:
        return f"encoding: {encoding}"
    fix = "if letters look wrong, name the encoding {encoding}"
    return f"encoding: not UTF-8; read as {encoding} ({fix})"
