"""From a question to a checked answer. Knows nothing of windows."""
