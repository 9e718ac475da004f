# Every target sets up what it needs on a fresh machine and does nothing twice. "make help" lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv
# Exactly what is in the lock file, each file proved by its hash.
LOCKED := $(UV) pip install --quiet --require-hashes --compile-bytecode
PYTEST_FLAGS ?= -n auto --maxprocesses=4
# What tests need from the system, by the names in tools/system_parts.py.
SYSTEM_PARTS := libatomic chromium java postgres initdb
# Where tools/system_parts.py puts a library that the machine lacks.
export LD_LIBRARY_PATH := $(CURDIR)/$(VENV)/system/lib$(if $(LD_LIBRARY_PATH),:$(LD_LIBRARY_PATH))

.PHONY: help demo test coverage lint format bench docs wheelhouse lock clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /:/' | awk -F: '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(STAMPS)/base ## The whole journey on made-up councils; ends with the paths of what it made
	$(BIN)/asccld demo --out build/demo

test: $(STAMPS)/dev $(SYSTEM_PARTS:%=$(STAMPS)/system-%) ## Every test
	$(BIN)/pytest $(PYTEST_FLAGS)

# By itself: to note every line that runs makes the tests half as slow again.
coverage: $(STAMPS)/dev $(SYSTEM_PARTS:%=$(STAMPS)/system-%) ## Every test, and whether they reach enough of the code
	$(BIN)/pytest $(PYTEST_FLAGS) --cov --cov-report=term:skip-covered

lint: $(STAMPS)/dev $(STAMPS)/system-libatomic ## Style, types and formatting, as strict as the server
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright --warnings

format: $(STAMPS)/dev ## Mend what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMPS)/dev ## Speed and memory side by side with peers; prints ratios
	$(BIN)/python benchmarks/validate.py
	$(BIN)/python benchmarks/process.py
	$(BIN)/python benchmarks/measures.py
	$(BIN)/python benchmarks/map.py
	$(BIN)/python benchmarks/report.py

docs: $(STAMPS)/dev ## Build the documentation site (strict) into build/site
	$(BIN)/python tools/reference_pages.py --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo build/site/index.html

wheelhouse: $(STAMPS)/dev ## One zip with everything a machine without the internet needs
	$(BIN)/python tools/wheelhouse.py

lock: $(STAMPS)/uv ## Compile requirements/*.txt anew from the ranges in pyproject.toml
	$(BIN)/python tools/lock.py $(LOCK_FLAGS)

clean: ## Remove what was built (keeps .venv; "rm -rf .venv" removes that)
	rm -rf build dist htmlcov .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis

# ---- setting up: one stamp per step, made anew when its lock file changes

$(STAMPS)/uv: requirements/build.txt
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	mkdir -p $(STAMPS) && touch $@

# The project itself is installed in place, so that an edit needs no new installation.
$(STAMPS)/base: $(STAMPS)/uv requirements/base.txt pyproject.toml
	$(LOCKED) -r requirements/base.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(STAMPS)/dev: $(STAMPS)/base requirements/dev.txt
	$(LOCKED) -r requirements/dev.txt
	touch $@

$(STAMPS)/system-%: tools/system_parts.py $(STAMPS)/uv
	$(BIN)/python tools/system_parts.py $*
	touch $@
