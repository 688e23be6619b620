# Two commands for a fresh machine with Python 3.11 or newer and make: `make demo` and `make test`.
# Everything is installed into .venv, from locks that pin each package by version and hash.

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps

# The versions we test come first; a newer Python is used when there is no other. `make PYTHON=...` decides otherwise.
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
	if $$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$each; break; fi; done)

# Wheels only: building a package from source would fetch its build tools, which no lock names.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
FROM_LOCK := --require-hashes --only-binary :all: --requirement
UV_COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --python-version 3.11

RUNTIME := $(STAMPS)/runtime
DEVELOPMENT := $(STAMPS)/development
# Tests start dozens of processes; without its bytecode kept, each would compile the package again.
unexport PYTHONDONTWRITEBYTECODE
# Every page in every language and look is minutes of pictures; `make acceptance` takes them.
LEFT_TO_ACCEPTANCE := -m "not gallery"
# A file's tests stay together, for they share their processes; the browser's come last in every worker.
PARALLEL := --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 20
CODE := src tests $(if $(wildcard bench/*.py),bench)

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit integration acceptance chaos browser bench soak served fuzz screenshots lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## /\1 /p' Makefile | while read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

demo: $(RUNTIME)  ## two exchanges, a police force and an invented past, on this machine
	@exec $(BIN)/breather demo

test: $(DEVELOPMENT) browser  ## everything that has to hold before a commit: lint and all tests
	@started=$$(date +%s); \
	$(MAKE) --no-print-directory lint && $(BIN)/pytest $(PARALLEL) $(LEFT_TO_ACCEPTANCE); result=$$?; \
	echo "make test took $$(( $$(date +%s) - started )) s"; exit $$result

lint: $(DEVELOPMENT)  ## form, types and the import law
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo

unit: $(DEVELOPMENT)  ## the quick tests: tidy, unit, scenarios, content
	$(BIN)/pytest $(wildcard tests/tidy tests/unit tests/scenarios tests/content)

integration: $(DEVELOPMENT)  ## both databases, real processes
	$(BIN)/pytest tests/integration

acceptance: $(DEVELOPMENT) browser  ## the pages, in headless Chromium
	$(BIN)/pytest tests/acceptance

chaos: $(DEVELOPMENT)  ## power cuts, every nemesis again and again, an agency away, the database gone under load, a flood
	BREATHER_TEST_CUTS=400 BREATHER_TEST_BLOWS=60 BREATHER_TEST_REFERRALS=400 BREATHER_TEST_KILLS=50 \
	BREATHER_TEST_SECONDS_AWAY=60 BREATHER_TEST_REAL_SECONDS_AWAY=60 \
	BREATHER_TEST_OUTAGE_RATE=500 BREATHER_TEST_OUTAGE_SECONDS=20 \
	BREATHER_TEST_FLOOD_RATE=2000 BREATHER_TEST_FLOOD_SECONDS=20 $(BIN)/pytest -rP tests/chaos

browser:
	@tests/browser/provide

bench: $(DEVELOPMENT)  ## all figures; rewrites docs/benchmarks.md
	$(BIN)/python -m bench all

soak: $(DEVELOPMENT)  ## an hour at 500 decisions a second; BREATHER_SOAK_SECONDS makes it shorter
	$(BIN)/python -m bench.soak
	$(BIN)/python -m bench soak --document

served: $(DEVELOPMENT)  ## 200,000 simulated withdrawals over HTTP, exported and replayed (BREATHER_SERVED says how many)
	$(BIN)/python -m bench.served

fuzz: $(DEVELOPMENT)  ## a million hostile rule texts; `make test` feeds ten thousand
	$(BIN)/python -m tests.fuzz.rules

# The acceptance tests leave a picture of every state in build/screenshots. Which of them are committed is decided by
# what lies in docs/screenshots under the same path.
screenshots: $(DEVELOPMENT) browser  ## takes the committed screenshots again
	$(BIN)/pytest tests/acceptance
	@cd docs/screenshots && find . -name '*.png' | while read -r each; do \
		cp -v "../../build/screenshots/$$each" "$$each" || exit 1; done

lock:  ## writes the locks again after a change of pyproject.toml (needs uv)
	$(UV_COMPILE) --group dev --group build pyproject.toml --output-file requirements/development.txt
	$(UV_COMPILE) --group build --constraint requirements/development.txt pyproject.toml \
		--output-file requirements/runtime.txt

clean:  ## removes the environment and all build output
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/venv:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Breather needs Python 3.11 or newer with its venv module, and found $(or $(PYTHON:%=no %),none)." >&2; \
		echo "On Debian: apt-get install python3 python3-venv. Elsewhere: make PYTHON=/path/to/python3 ..." >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Breather needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) lacks its venv module. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(RUNTIME): $(STAMPS)/venv requirements/runtime.txt pyproject.toml
	$(PIP_INSTALL) $(FROM_LOCK) requirements/runtime.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements/development.txt
	$(PIP_INSTALL) $(FROM_LOCK) requirements/development.txt
	@touch $@
