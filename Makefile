# Everything a developer runs. Each target works on a fresh machine with Python 3.11+ (with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 3978
AS ?= lead
PLAYGROUND := 0.2.28

.DEFAULT_GOAL := help
.PHONY: help run once playground test check lint format types unit e2e visual pictures questions proof bench bench-large load clean

help: ## Show what there is
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/installed: requirements.txt
	@$(PYTHON) bot/cli/fresh.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the bot needs (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/tested: requirements-dev.txt $(VENV)/installed
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/installed ## Sample enterprise, local bot, three cards; stays up
	@$(BIN)/python app.py demo --port $(PORT)

once: $(VENV)/installed ## The same, and stop after the three cards
	@$(BIN)/python app.py demo --port $(PORT) --once

playground: $(VENV)/installed ## A Teams-like client on the running bot: make playground AS=manager
	@$(BIN)/python -m bot.cli.playground --as $(AS) --bot-port $(PORT) --version $(PLAYGROUND)

test: check unit ## Format, lint, types and tests
check: lint types

lint: $(VENV)/tested
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .

format: $(VENV)/tested ## Put the code in its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(VENV)/tested
	@$(BIN)/mypy .

unit: $(VENV)/tested
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

e2e: $(VENV)/tested ## Drive the real local client in a real browser
	@$(BIN)/python -m pytest -q -m e2e

visual: $(VENV)/tested ## Render every card in a real browser; see .visual/
	@$(BIN)/python -m pytest -q -m visual

pictures: $(VENV)/tested ## Draw the pictures of the documents anew, from the sample of make run
	@$(BIN)/python -m tests.visual.readme .demo

questions: $(VENV)/tested ## Score the understanding; appends to the log
	@$(BIN)/python tests/questions/score.py

proof: $(VENV)/tested ## The full statistical and fault counts (long)
	@NEW_EXAMPLES=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -m proof

bench: $(VENV)/tested ## Measure, side by side
	@$(BIN)/python -m bench.all

bench-large: $(VENV)/tested ## Ten million charges on disk
	@$(BIN)/python -m bench.large

load: $(VENV)/tested ## Monday morning: every answer checked, goals held (about 45 minutes)
	@$(BIN)/python -m bench.load

clean: ## Remove everything that was made
	@rm -rf $(VENV) .demo .e2e .visual .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis
