# Everything to set up, run and check Kith. Needs Python 3.11 or newer, make, and the package index.
#
#   make run PHOTOS=~/Pictures    import a folder, then serve it on http://127.0.0.1:8000
#   make test                     all tests

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup web browser redis run test test-fast lint format bench lock clean

BIN := .venv/bin
INSTALLED := .venv/.installed
NPM := $(BIN)/python -m tools.npm
WEB_INSTALLED := web/node_modules/.installed
WEB_BUILT := src/kith/surfaces/frontend/dist/index.html
WEB_SOURCES := $(shell find web/src web/public -type f ! -name '*.gen.ts') web/index.html web/openapi.json web/vite.config.ts

PHOTOS ?=
PYTEST_ARGS ?=
SHARED ?= $(or $(KITH_TEST_SHARED),../shared)
BENCH := PYTHONPATH=. $(BIN)/python bench
export PHOTOS
ifdef DATA
export KITH_DATA := $(DATA)
endif
ifdef PORT
export KITH_SERVER__PORT := $(PORT)
endif

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PHOTOS=dir  what make run imports    DATA=dir  the data folder    PORT=n  the port to serve on"
	@echo "  PYTEST_ARGS=…  more for pytest, such as -k name or a path    SHARED=dir  photos for benchmarks"

setup: $(INSTALLED) ## Make the virtual environment .venv with Kith in it; quick when nothing changed

$(INSTALLED): pyproject.toml requirements.lock
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      echo "Making .venv with $$($$python --version)"; $$python -m venv .venv || exit 1; break; \
	    fi; \
	  done; \
	  test -x $(BIN)/python || { echo "Kith needs Python 3.11 or newer; name it with PYTHON=…" >&2; exit 1; }; \
	fi
	@echo "Installing Kith and what it needs; the first time this takes a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@

web: $(WEB_BUILT) ## Build the pages; takes Node from the package index where the machine's is too old

$(WEB_INSTALLED): web/package-lock.json $(INSTALLED)
	@echo "Installing what the pages are made with"
	@$(NPM) ci --no-fund --no-audit --loglevel=error
	@touch $@

$(WEB_BUILT): $(WEB_INSTALLED) $(WEB_SOURCES)
	@$(NPM) run --silent build -- --logLevel warn

run: setup web ## Import PHOTOS if given, then serve on http://127.0.0.1:8000
	@case "$$PHOTOS" in "~/"*) PHOTOS="$$HOME/$${PHOTOS#??}";; esac; \
	if [ -n "$$PHOTOS" ]; then $(BIN)/kith import "$$PHOTOS" || exit; fi; \
	exec $(BIN)/kith serve

redis: ## Install redis-server for the tests that need it, as root on Debian
	@if ! command -v redis-server >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update -qq && apt-get install -y -qq redis-server; } >/dev/null 2>&1 \
	    || echo "redis-server could not be installed; the tests that need it are skipped" >&2; \
	fi

browser: ## Install Chromium for the tests that need it, as root on Debian
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1 \
	    || echo "Chromium could not be installed; the tests that need it are skipped" >&2; \
	fi

test: setup web redis browser ## Run all tests
	$(NPM) run --silent test
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

test-fast: setup web ## Run the tests that take no more than seconds each
	$(BIN)/python -m pytest -m "not slow" -n auto $(PYTEST_ARGS)

lint: setup $(WEB_INSTALLED) ## Check style, types, layers and the rules of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lints
	$(NPM) run --silent lint

format: setup $(WEB_INSTALLED) ## Put all code into its form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(NPM) run --silent format

bench: setup ## Run every benchmark; each prints its tables (needs SHARED, and a C++ compiler for hnswlib)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[bench]'
	$(BENCH)/decode.py
	$(BENCH)/engine.py --shared $(SHARED)
	$(BENCH)/index.py
	$(BENCH)/upkeep.py
	$(BENCH)/import.py $(SHARED)/data/identities $(SHARED)/data/groups --models $(SHARED)/models --pack mobile --pack dlib
	$(BENCH)/serving.py --shared $(SHARED)
	$(BENCH)/services.py --shared $(SHARED) --postgresql
	$(BENCH)/identities.py --shared $(SHARED) --pack mobile --pack dlib
	$(BENCH)/accuracy.py --shared $(SHARED) mobile
	$(BENCH)/accuracy.py --shared $(SHARED) dlib

lock: ## Write requirements.lock anew from what is newest
	rm -rf .tmp/lock && python3 -m venv .tmp/lock
	.tmp/lock/bin/pip install --quiet --disable-pip-version-check '.[dev,bench]'
	echo '# The exact versions Kith is tested with, for pip -c; written by make lock.' > requirements.lock
	.tmp/lock/bin/pip freeze | grep '==' >> requirements.lock
	rm -rf .tmp/lock

clean: ## Remove the virtual environment and everything made by tools; the data folder stays
	rm -rf .venv .tmp build dist web/node_modules src/kith/surfaces/frontend/dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
