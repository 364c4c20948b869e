# The two commands of the README, and what they share. Needs python3 (3.11 or later) and nothing else.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test lint types eval eval-baseline lock clean

serve: .venv/installed
	$(BIN)/python app.py

test: .venv/installed-dev
	@command -v chromium chromium-browser google-chrome >/dev/null || echo "No Chromium on this machine: the browser tests (tests/web) are left out."
	$(BIN)/python -m pytest

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev
	$(BIN)/mypy

# How good it is: fails when a headline figure dropped below evals/baseline.json.
eval: .venv/installed-dev
	$(BIN)/python -m evals.gate

# Makes today's figures the baseline, and writes docs/accuracy.md. Look at both before they are committed.
eval-baseline: .venv/installed-dev
	$(BIN)/python -m evals.gate --update

# Versions come from constraints.txt, so that an install today and one in a year agree.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,evals]'
	touch $@

# The same versions with the checksums of their files, for one kind of machine.
lock: .venv/installed-dev
	$(BIN)/python -m evals.lock

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
