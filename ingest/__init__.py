"""From a folder of notes to an index of citable passages. Knows nothing of questions."""
