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

.PHONY: chat test lint eval bench clean

chat: $(VENV)/installed
	@# Ctrl-C is how the window is closed, and no error.
	@$(BIN)/footnote chat || [ $$? -eq 130 ]

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/installed
	$(BIN)/footnote eval --notes $(NOTES) --cases $(CASES) --split $(SPLIT)

bench: $(VENV)/installed-bench
	$(BIN)/python -m evals.retrieval --notes $(NOTES) --cases $(CASES) --starter

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
