"""The errors a person may read, as one tree.

FootnoteError
├── NotesError       a folder or file of notes that cannot be used
│   └── UnreadableNote   one file that cannot be read; the rest goes on
├── BrokenIndex      an index that cannot be opened, built or written
├── EncoderError     an encoder that cannot be found, verified or run
├── QuestionError    a question that cannot be asked as it stands
└── ModelError       a language model that gave no reply (`rag.model`)

A message names the value that was wrong and the next thing to do.
"""


class FootnoteError(Exception):
    """Something a person can do something about; shown as its message, without a traceback."""


class NotesError(FootnoteError):
    """A folder or file of notes cannot be used."""


class UnreadableNote(NotesError):
    """One file cannot be read; the other notes are not affected."""


class BrokenIndex(FootnoteError):
    """An index cannot be opened, built or written."""


class EncoderError(FootnoteError):
    """An encoder cannot be found, verified or run."""


class QuestionError(FootnoteError):
    """A question cannot be asked as it stands."""
