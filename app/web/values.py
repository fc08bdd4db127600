"""Frozen dataclasses to values that JSON can hold, and back. It knows none of them by name."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return value


def restored(kind: type[Kind], value: Any) -> Kind:
    """The value of that kind; what is missing takes its default, what is unknown is left out.

    A value that no longer fits raises ValueError, TypeError or KeyError.
    """
    made: Kind = _restored(kind, value)
    return made


def _restored(kind: Any, value: Any) -> Any:
    if isinstance(kind, NewType):
        return _restored(kind.__supertype__, value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        if value is None:
            return None
        return _restored(next(one for one in arguments if one is not type(None)), value)
    if origin is tuple:
        inner = arguments[:1] * len(value) if arguments[-1:] == (...,) else arguments
        return tuple(_restored(one, each) for one, each in zip(inner, value, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return dict(value)
    if isinstance(kind, type) and is_dataclass(kind):
        known = _hints(kind)
        return kind(
            **{name: _restored(known[name], one) for name, one in value.items() if name in known}
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
