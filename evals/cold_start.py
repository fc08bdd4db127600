"""From process start to an answer, ours beside a LlamaIndex starter that loads its persisted index.

`python -m evals.cold_start --notes FOLDER [--question "…"] [--runs 5]`: both in turn, on one
machine in one run. Needs the `bench` extra.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median


def seconds(command: Sequence[str]) -> float:
    """How long a command takes as a whole process."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--question", default="What is the F1 score?")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        footnote = [sys.executable, "-c", "from app.cli import main; main()", "ask"]
        ours = [*footnote, given.question, "--notes", str(given.notes), "--index", f"{folder}/ours"]
        starter = [sys.executable, "-m", "evals.starter", str(given.notes), folder, given.question]
        seconds(ours)
        seconds(starter)
        pairs = [(seconds(ours), seconds(starter)) for _ in range(given.runs)]
    first, second = median(a for a, _ in pairs), median(b for _, b in pairs)
    ratio = median(b / a for a, b in pairs)
    print(f"footnote ask         {first:6.2f} s")
    print(f"llama-index starter  {second:6.2f} s   {ratio:.1f} times as long, {given.runs} runs")


if __name__ == "__main__":
    main()
