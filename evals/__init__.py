"""Are the answers right? Knows nothing of windows."""
