"""A run as a JSON file: written whole or not at all, read back field by field.

Knows no measure. What is no run, or one of another version, is told with the place of the fault.
"""

import json
import re
import tempfile
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from evals.records import SCHEMA, Place, Run
from ingest.errors import FootnoteError

_PLACE: Final = re.compile(r"(?P<note>.+):(?P<start>\d+)-(?P<end>\d+)", re.DOTALL)
_FORM: Final = "docs/evaluation.md tells the form"


class RunError(FootnoteError):
    """A file is no run of an evaluation, or cannot be written."""


def write_run(path: Path, run: Run) -> None:
    """Write a run, one record a line, so that two files can be compared by eye."""
    write_whole(path, _text(_plain(run)))


def write_whole(path: Path, text: str) -> None:
    """Put a text into a file, so that the file is there whole or as it was."""
    made: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as file:
            made = Path(file.name)
            file.write(text)
        # A temporary file is for its owner alone; a report is like any other file.
        made.chmod(0o644)
        made.replace(path)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}. Name another file.") from error
    finally:
        if made is not None:
            made.unlink(missing_ok=True)


def read_run(path: Path) -> Run:
    """Read a run; a `RunError` says what is wrong with a file that is none."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RunError(
            f"{path} cannot be read: {error.strerror}. `footnote eval --json FILE` writes one."
        ) from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is no JSON, or cut short: {error}; {_FORM}.") from error
    if not isinstance(value, dict) or "schema" not in value or "records" not in value:
        raise RunError(f"{path} is no run of `footnote eval --json`; {_FORM}.")
    if value["schema"] != SCHEMA:
        raise RunError(
            f"{path} is a run of form {value['schema']!r}, this version reads {SCHEMA}: run"
            " `footnote eval --json` again, or use the version that wrote it."
        )
    try:
        run: Run = _read(Run, value, "")
    except _Fault as fault:
        raise RunError(f"{path} is damaged: {fault}; {_FORM}.") from None
    return run


class _Fault(Exception):
    """Something in a file is not what it should be; the text says where and what."""


def _text(value: Mapping[str, Any]) -> str:
    """JSON with each record and each kind of pairs on a line of its own."""
    lines = []
    for key, part in value.items():
        if isinstance(part, (list, tuple)):
            rows = ",\n".join(_dumped(row) for row in part)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {_dumped(part)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _plain(value: Any) -> Any:
    """A value of ours as JSON has it; places are written short, for there are many."""
    if isinstance(value, Place):
        return str(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def _place(value: Any, place: str) -> Place:
    found = _PLACE.fullmatch(value) if isinstance(value, str) else None
    _must(found is not None, place, "a place such as 'note.md:3-7'", value)
    assert found is not None
    return Place(found["note"], int(found["start"]), int(found["end"]))


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(kind: Any, value: Any, place: str) -> Any:
    """A JSON value as a value of a type: of our dataclasses, tuples, mappings and plain ones."""
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        if value is None:
            return None
        return _read(next(one for one in get_args(kind) if one is not type(None)), value, place)
    if origin is tuple:
        _must(isinstance(value, list), place, "a list", value)
        return tuple(
            _read(get_args(kind)[0], one, f"{place}[{at}]") for at, one in enumerate(value)
        )
    if origin is not None:
        _must(isinstance(value, dict), place, "an object", value)
        return {key: _read(get_args(kind)[1], one, f"{place}.{key}") for key, one in value.items()}
    return _read_one(kind, value, place)


def _read_one(kind: Any, value: Any, place: str) -> Any:
    if kind is Place:
        return _place(value, place)
    if is_dataclass(kind):
        _must(isinstance(value, dict), place, "an object", value)
        hints = get_type_hints(kind)
        names = {field.name for field in fields(kind)}
        if names != set(value):
            odd = sorted(names ^ set(value))
            raise _Fault(f"{place or 'the file'} lacks or should not have {', '.join(odd)}")
        given = {name: _read(hints[name], value[name], f"{place}.{name}") for name in names}
        return kind(**given)  # type: ignore[operator]
    if issubclass(kind, Enum):
        _must(value in [one.value for one in kind], place, f"one of {', '.join(kind)}", value)
        return kind(value)
    if kind is float:
        _must(
            isinstance(value, (int, float)) and not isinstance(value, bool),
            place,
            "a number",
            value,
        )
        return float(value)
    _must(type(value) is kind, place, f"of type {kind.__name__}", value)
    return value


def _must(holds: bool, place: str, what: str, value: Any) -> None:
    if not holds:
        raise _Fault(f"{place.lstrip('.')} is {str(value)[:40]!r}, not {what}")
