"""placeholder"""

from evals.records import Run


def page(run: Run, held: object, earlier: Run | None) -> str:
    return ""


def comparison_page(a: Run, b: Run, c: object) -> str:
    return ""
