# The front door. Every target sets up what it needs; setting up twice does nothing the second time.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup certify test check format serve load bench prove soak clients contract clean

help: ## What each target does.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: $(STAMP) ## Install the locked, hash-checked dependencies and the command into .venv.

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

certify: setup ## Examine the reference platform: the main job, end to end.
	$(BIN)/reinspect certify

test: setup ## Every test.
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=
	$(BIN)/python -m coverage report --fail-under=85

check: setup ## What CI checks besides the tests: format, lint, types.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: setup ## Mend what the formatter and the linter can mend.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

serve: setup ## The simulator alone: regulator, recipients and control on port 8900.
	$(BIN)/reinspect serve --port 8900 --state .state/simulator

load: setup ## Up to which rate the reference platform conforms: steps of load, every step judged.
	$(BIN)/reinspect load

bench: setup ## Measurements, never assertions.
	$(BIN)/python -m loadtests.bench
	$(BIN)/python -m loadtests.sandboxes
	$(BIN)/python -m loadtests.bench_clients
	$(BIN)/python -m loadtests.bench_freeze
	$(BIN)/python -m tests.judge.judging
	$(BIN)/python -m loadtests.bench_columns

prove: setup ## Play every defect, and see each convicted by the requirement made for it.
	$(BIN)/reinspect prove

soak: setup ## Kill the journal and the server 1,000 times, and look for what was lost.
	$(BIN)/python -m tests.simulator.soak --kills 1000

clients: setup ## Generate clients in Python and TypeScript, and play a declaration to its lineage with each.
	$(BIN)/python -m pytest tests/clients

contract: setup ## Schemathesis over the regulator's whole interface: 20,000 requests and more.
	$(BIN)/python -m pytest tests/contract -n 2 --cases 20000

clean: ## Remove what was installed and made, but no runs.
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
