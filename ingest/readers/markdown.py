"""Markdown → Note: front matter cut, comments dropped, HTML written as Markdown.

Nothing else of the user's Markdown changes, byte for byte, and code and maths never do.
"""

import re
from collections.abc import Callable
from itertools import compress

from ingest.readers.blocks import Part, regions
from ingest.readers.draft import Draft
from ingest.readers.front_matter import front_matter
from ingest.readers.markup import simplify
from ingest.readers.pieces import Kind
from ingest.readers.source import MappedLines, Source, lines_of
from ingest.readers.stretch import Copyist, Stretch
from ingest.readers.titles import title_of
from ingest.types import Note

_TAG = re.compile(r"</?[A-Za-z]")
_PICTURE = re.compile(r"\](?:\(|:)[ \t]*<?data:")
# Exported documents keep their pictures in link definitions of a megabyte each.
_PICTURE_DEFINITION = re.compile(r" {0,3}\[[^\]\n]+\]:[ \t]*<?data:[^\s>]*>?[ \t]*$")


def read_markdown(source: Source) -> Note:
    """Read Markdown of any flavour."""
    front = front_matter(source.text)
    body = _below(source.text, front.lines)
    if "<!--" in body.text:
        body = _rewritten(body, _drop_comments)
    if _PICTURE.search(body.text):
        body = _rewritten(body, _drop_pictures)
    if _TAG.search(body.text):
        body = _rewritten(body, simplify)
    text = body.text
    title = title_of(source.path, front.title, text)
    numbers = tuple(body.numbers)
    return Note(source.path, title, text, numbers, "markdown", source.digest, front.tags)


def _below(text: str, cut: int) -> MappedLines:
    """The text below the front matter, without the blank lines between the two."""
    whole = lines_of(text)
    first = cut
    while cut and first < len(whole.lines) - 1 and not whole.lines[first].strip():
        first += 1
    if first >= len(whole.lines):
        return MappedLines([""], [len(whole.lines)])
    return MappedLines(whole.lines[first:], whole.numbers[first:])


def _rewritten(body: MappedLines, change: Callable[[Draft, Stretch], bool]) -> MappedLines:
    """The text with `change` made to each region; where it returns False, the lines stay."""
    draft = Draft()
    done = 0
    for region in regions(body.text):
        draft.keep(body.lines[done : region.first], body.numbers[done : region.first])
        stretch = Stretch(body, region)
        if not change(draft, stretch):
            draft.keep(stretch.lines, stretch.numbers)
        done = region.end
    draft.keep(body.lines[done:], body.numbers[done:])
    return draft.lines if draft.lines.lines else MappedLines([""], [body.numbers[0]])


def _drop_comments(draft: Draft, stretch: Stretch) -> bool:
    """Leave the comments of a region out."""
    if "<!--" not in stretch.text or not stretch.has(Kind.COMMENT):
        return False
    apart = stretch.part is Part.COMMENT
    if apart:
        draft.gap(stretch.numbers[0])
    copyist = Copyist(draft, stretch)
    for piece in stretch.pieces:
        if piece.kind is Kind.COMMENT:
            copyist.leave_out(piece.start, piece.end)
        else:
            copyist.piece(piece)
    copyist.finish()
    return True


def _drop_pictures(draft: Draft, stretch: Stretch) -> bool:
    """Write the text of images whose data stands in the note; leave their definitions out."""
    if "data:" not in stretch.text:
        return False
    if any(_PICTURE_DEFINITION.match(line) for line in stretch.lines):
        kept = [not _PICTURE_DEFINITION.match(line) for line in stretch.lines]
        draft.keep(list(compress(stretch.lines, kept)), list(compress(stretch.numbers, kept)))
        return True
    if not stretch.has(Kind.DATA_IMAGE):
        return False
    copyist = Copyist(draft, stretch)
    for piece in stretch.pieces:
        if piece.kind is Kind.DATA_IMAGE:
            draft.cut()
            draft.write(" ".join(piece.inner.split()), stretch.number(piece.start))
        else:
            copyist.piece(piece)
    copyist.finish()
    return True
