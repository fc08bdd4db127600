"""What of a text is put before a checker: windows that it can read, and the lines that matter.

Knows no model; how long a text is to one is asked by a function.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ingest.plain import plain
from ingest.sentences import sentences
from rag.wording import words

Count = Callable[[str], int]

# What a statement rests on is mostly one sentence, with what that points back to.
_LINES: Final = 3


def premises(text: str, statement: str, room: int, count: Count) -> list[str]:
    """The whole text in windows of at most `room`, then its lines nearest to the statement.

    A short premise tells a model more than the same line among others; the windows are there for
    what takes the whole passage to see.
    """
    lines = [line for start, end in sentences(text) if (line := plain(text[start:end]))]
    found = [*windows(lines, room, count), *nearest(lines, statement)]
    return list(dict.fromkeys(found))


def windows(lines: Sequence[str], room: int, count: Count) -> Iterator[str]:
    """The lines in as few windows as they fit in, each beginning with the last of the one before.

    A line that is too long by itself is cut between words.
    """
    held: list[str] = []
    size = 0
    for line in (part for whole in lines for part in _cut(whole, room, count)):
        more = count(line)
        if held and size + more > room:
            yield " ".join(held)
            last = held[-1]
            held = [last] if count(last) + more <= room else []
            size = sum(count(one) for one in held)
        held.append(line)
        size += more
    if held:
        yield " ".join(held)


def nearest(lines: Sequence[str], statement: str) -> list[str]:
    """The line that shares most words with the statement, and the few best in reading order."""
    said = frozenset(word.key for word in words(statement))
    shared = [len(said & {word.key for word in words(line)}) for line in lines]
    ranked = sorted((at for at in range(len(lines)) if shared[at]), key=lambda at: -shared[at])
    best = sorted(ranked[:_LINES])
    return [lines[ranked[0]], " ".join(lines[at] for at in best)] if ranked else []


def _cut(line: str, room: int, count: Count) -> Iterator[str]:
    parts = line.split()
    if len(parts) < 2 or count(line) <= room:
        yield line
        return
    half = len(parts) // 2
    yield from _cut(" ".join(parts[:half]), room, count)
    yield from _cut(" ".join(parts[half:]), room, count)
