# Everything runs from a fresh clone: the first target that needs it makes .venv and installs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
LISTS := pyproject.toml constraints.txt
# What `make eval` and `make bench` ask, and of which notes.
NOTES ?= corpus
CASES ?= evals/cases
SPLIT ?= report

.PHONY: chat test lint eval bench screenshots clean

chat: $(VENV)/installed
	@# Ctrl-C is how the window is closed, and no error.
	@$(BIN)/footnote chat || [ $$? -eq 130 ]

test: lint tests/node_modules
	$(BIN)/python -m pytest

# The accessibility check is npm's; where there is no npm, its tests say that they were skipped.
tests/node_modules: tests/package.json
	@if command -v npm >/dev/null && cd tests && \
	    npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent; \
	then touch node_modules; \
	else echo "No npm, or nothing fetched by it: accessibility will not be checked."; \
	fi

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/installed
	$(BIN)/footnote eval --notes $(NOTES) --cases $(CASES) --split $(SPLIT)

bench: $(VENV)/installed-bench
	$(BIN)/python -m evals.retrieval --notes $(NOTES) --cases $(CASES) --starter

screenshots: $(VENV)/installed-dev
	$(BIN)/python tests/screenshots.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are newer than the lists as long as nothing has to be installed again.
$(VENV)/installed: $(LISTS) | $(BIN)/python
	@echo "Installing Footnote into $(VENV); this takes a few minutes the first time."
	$(INSTALL) -e .
	@touch $@

$(VENV)/installed-dev: $(LISTS) | $(BIN)/python
	@echo "Installing Footnote and what its tests need into $(VENV)."
	$(INSTALL) -e ".[dev]"
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: $(LISTS) | $(BIN)/python
	$(INSTALL) -e ".[bench]"
	@touch $@ $(VENV)/installed

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
