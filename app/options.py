"""The arguments and options that several commands share, with their help and what is wrong."""

from pathlib import Path
from typing import Annotated

import typer

from rag.specs import SpecError, parse


def model(spec: str, option: str = "--llm") -> str:
    """A specification that can be read; whether there is such a model shows when it is opened."""
    try:
        parse(spec)
    except SpecError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    return spec


def checker(name: str | None, llm: str) -> str | None:
    """Who is to judge what a model reworded: without a model, nobody can."""
    if name is not None and parse(llm) is None:
        raise typer.BadParameter(
            "without a model every statement is an exact quote, and needs no further checker;"
            " name a model with --llm",
            param_hint="--checker",
        )
    return name


def _from_0_to_1(value: float) -> float:
    # Said so that what is not a number is wrong too.
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{value} is not a number from 0 to 1")
    return value


Question = Annotated[str | None, typer.Argument(help="What you want to know.", show_default=False)]
Notes = Annotated[
    Path | None,
    typer.Option(
        "--notes",
        metavar="FOLDER",
        help="The folder of notes. Default: the notes that come with Footnote.",
        show_default=False,
    ),
]
Index = Annotated[
    Path | None,
    typer.Option(
        "--index",
        metavar="FOLDER",
        help="Where the index lies. Default: your data folder, one index for each folder of notes.",
        show_default=False,
    ),
]
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME_OR_PATH",
        help="A SentenceTransformer. Default: the packaged MiniLM.",
        show_default=False,
    ),
]
Cases = Annotated[
    Path | None,
    typer.Option(
        "--cases",
        metavar="FILE_OR_FOLDER",
        help="Known questions, JSON Lines. Default: those over the shipped notes.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON, for programs.")]
Llm = Annotated[
    str,
    typer.Option(
        "--llm",
        metavar="SPEC",
        help="Who writes the answer: 'none' quotes the notes; 'ollama:MODEL', 'hf:NAME_OR_PATH',"
        " 'openai:MODEL', 'anthropic:MODEL', 'openai-like:MODEL@URL'.",
    ),
]
Checker = Annotated[
    str | None,
    typer.Option(
        "--checker",
        metavar="NAME_OR_PATH",
        help="Who judges what a model reworded, after the rules: an inference CrossEncoder, or"
        " 'llm', the answering model itself.",
        show_default=False,
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE.jsonl",
        help="Read questions from a file, one JSON object a line; '-' is standard input.",
        show_default=False,
    ),
]
Strictness = Annotated[
    float,
    typer.Option(
        "--strictness",
        metavar="0..1",
        callback=_from_0_to_1,
        help="How sure an answer must be: 0 answers whatever is asked, 1 only what is nearly sure.",
    ),
]
