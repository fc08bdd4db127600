"""What a note asks and does not answer. Knows blocks and lines, nothing of passages or sizes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.outline import Block, Role, Section
from ingest.plain import plain, words_outside_links
from ingest.types import Kind

# Without a question mark, 'when', 'is' and their like begin statements as often as questions.
_ASKING: Final = re.compile(
    r"(?:what|why|how|explain|define|describe|derive|compare|contrast|discuss|differentiate"
    r"|differences? between|list down|prove|tell me|give an? example|deal with|implement"
    r"|walk me through)\b",
    re.IGNORECASE,
)
_QUESTION_MARK: Final = re.compile(r"\?(?=[\s\"'”’)\]*_]|$)")
_ANSWER_LABEL: Final = re.compile(
    r"\b(?:ans(?:wer)?|see(?: also)?|source|link|from|via)\b\s*:?\s*$|^\s*(?:ans(?:wer)?)\s*:",
    re.IGNORECASE,
)
# Lines that plan work instead of answering, in the languages met so far.
_TO_DO: Final = re.compile(
    r"\s*(?:to-?do\b|tbd\b|wip\b|fixme\b|pendiente\b|por hacer\b|à faire\b"
    r"|(?:hacer|programar|entender|leer|seguir|repasar|estudiar|revisar|completar|terminar"
    r"|practicar)\b)",
    re.IGNORECASE,
)
_DIVIDER: Final = re.compile(r"\s*(?:#{7,}|={3,}|-{3,}|\*{3,}|_{3,})")
# Fewer words than this beside a link say where to look, not what the answer is.
_MIN_WORDS_BESIDE_LINK: Final = 5
# A line such as 'PART TWO' divides; it answers nothing.
_LABEL: Final = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,})+")
# 'Explain …' and its like ask only among questions, and if they are short: others are steps to
# take, or ordinary sentences.
_MAX_REQUEST_WORDS: Final = 12
_MAX_NAME_WORDS: Final = 5


def asks(text: str) -> bool:
    """Whether a heading or list item is a question or a request to explain."""
    words = plain(text)
    return bool(_QUESTION_MARK.search(words) or _ASKING.match(words))


def says_something(lines: Iterable[str]) -> bool:
    """Whether lines hold more than links, labels, dividers and plans; beside a link a few words."""
    said, least = 0, 1
    for line in lines:
        if _TO_DO.match(line) or _DIVIDER.match(line) or _is_label(line):
            continue
        if "](" in line or "://" in line:
            least = max(least, _MIN_WORDS_BESIDE_LINK)
        said += words_outside_links(_ANSWER_LABEL.sub("", line))
    return said >= least


def _is_label(line: str) -> bool:
    words = line.strip()
    return words.isupper() and bool(_LABEL.fullmatch(words))


def says_nothing(section: Section, lines: Sequence[str]) -> bool:
    """Whether a heading has only links, dividers or plans under it."""
    blocks = [node for node in section.nodes if isinstance(node, Block)]
    if len(blocks) != len(section.nodes) or any(_holds_a_block(block) for block in blocks):
        return False
    under = lines[blocks[0].first : blocks[-1].last]
    if asks(section.title):
        return not says_something(under)
    return not any(block.role is Role.LIST for block in blocks) and not says_something(under)


def parted(block: Block, following: Block | None, lines: Sequence[str]) -> Iterator[Block]:
    """A list as runs of items that say something, and single items of kind LISTED that only ask.

    `following` is the block after the list: it may answer the list's last question.
    """
    own = [_own(item, lines) for item in block.blocks]
    among_questions = any(asks(text) for text in own)
    marked = any(_QUESTION_MARK.search(plain(text)) for text in own)
    answered = following is not None and _answers(following, lines)
    run: list[Block] = []
    for item, text in zip(block.blocks, own, strict=True):
        last = item is block.blocks[-1]
        only_asks = _unanswered(item, text, lines, marked) and not (last and answered)
        if only_asks or _only_names(item, text, among_questions):
            yield from list_of(run)
            run = []
            yield Block(item.first, item.last, Role.ITEM, Kind.LISTED)
        else:
            run.append(item)
    yield from list_of(run)


def list_of(items: Sequence[Block]) -> Iterator[Block]:
    """Items in a row as one list, where there are any."""
    if items:
        yield Block(items[0].first, items[-1].last, Role.LIST, Kind.LIST, tuple(items))


def _unanswered(item: Block, own: str, lines: Sequence[str], among_marks: bool) -> bool:
    if not asks(own) or _answered_inline(own):
        return False
    if not _QUESTION_MARK.search(plain(own)) and not (among_marks and _requests(own)):
        return False
    return not item.blocks or not says_something(lines[item.blocks[0].last : item.last])


def _requests(own: str) -> bool:
    """Whether an item without a question mark asks, and is no step, heading or explanation."""
    words = plain(own)
    _, colon, after = words.partition(": ")
    return len(words.split()) <= _MAX_REQUEST_WORDS and not (colon and after.strip())


def _only_names(item: Block, own: str, among_questions: bool) -> bool:
    """A bare link among questions, or a term with a colon and nothing after it."""
    if len(item.blocks) > 1:
        return False
    if among_questions and _only_links(own):
        return True
    return own.rstrip().endswith(":") and len(plain(own).split()) <= _MAX_NAME_WORDS


def _answers(block: Block, lines: Sequence[str]) -> bool:
    if block.role is Role.LIST:
        return not any(asks(_own(item, lines)) for item in block.blocks)
    if block.role is Role.LEAF and block.kind is Kind.PROSE:
        return says_something(lines[block.first : block.last])
    return block.role is Role.LEAF


def _answered_inline(text: str) -> bool:
    """Whether what follows the question mark within the same item says something."""
    mark = _QUESTION_MARK.search(text)
    if mark is None:
        return False
    rest = text[mark.end() :]
    return not asks(rest) and says_something(rest.split("\n"))


def _only_links(text: str) -> bool:
    return "](" in text and words_outside_links(text) <= _MIN_WORDS_BESIDE_LINK


def _own(item: Block, lines: Sequence[str]) -> str:
    """An item's own first paragraph, without what is nested in it."""
    last = item.blocks[0].last if item.blocks else item.last
    return "\n".join(lines[item.first : last])


def _holds_a_block(block: Block) -> bool:
    if not block.blocks:
        return block.kind in {Kind.CODE, Kind.FORMULA, Kind.TABLE}
    return any(_holds_a_block(child) for child in block.blocks)
