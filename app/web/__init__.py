"""The chat window. It translates: questions in, an answer's events out as a page; nothing else."""
