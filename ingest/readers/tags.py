"""The names of HTML's elements, by what becomes of them in Markdown."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}

# Gone with everything in them: they are no text of the note.
DROPPED = frozenset(
    "audio canvas head iframe noscript object script select style svg template textarea "
    "title video".split()
)

# Tables and lists need to be seen whole before they can be written.
WHOLE = frozenset({"dl", "math", "ol", "pre", "table", "ul"})

# Begin and end a paragraph.
BREAKING = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dt "
    "fieldset figcaption figure footer form header hgroup hr html legend li main menu nav "
    "optgroup option p search section summary tbody td tfoot th thead tr".split()
)

BLOCKS = BREAKING | frozenset({"dl", "ol", "pre", "table", "ul"}) | frozenset(HEADINGS)

# Have no content and no end tag.
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())

MARKS = {
    "b": "**",
    "del": "~~",
    "em": "*",
    "i": "*",
    "q": '"',
    "s": "~~",
    "strike": "~~",
    "strong": "**",
}
CODE = frozenset({"code", "kbd", "samp", "tt"})
RAISED = {"sub": "_", "sup": "^"}

# Leave nothing but their text.
PLAIN = frozenset(
    "a abbr acronym bdi bdo big cite data dfn font ins label mark meter nobr output picture "
    "progress rp rt ruby slot small span time u var".split()
)

KNOWN = DROPPED | WHOLE | BLOCKS | VOID | CODE | PLAIN | frozenset(MARKS) | frozenset(RAISED)
