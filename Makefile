# Every target makes what it needs, so that each may be the first command typed in a fresh clone.
# Needed beforehand: make, Python 3.11 or newer with venv, Node 20 or newer with npm.

PYTHON ?= python3
HEADLESS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
NPM := npm --prefix js --silent

DEMO := $(VENV)/.with-demo
DEV := $(VENV)/.with-dev
MODULES := js/node_modules/.package-lock.json
BUNDLE := rtcwidgets/static/widget.js
QUICKSTART := notebooks/01_quickstart.ipynb
# JupyterLab refuses to run as root, as in a container, unless told that this is meant.
ALLOW_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two cores: tests side by side would measure each other.
.NOTPARALLEL:
.PHONY: help demo test quick soak bench bundle format clean chromium firefox lint types unit e2e

help:
	@echo 'make demo             JupyterLab on $(QUICKSTART)'
	@echo 'make demo HEADLESS=1  the same notebook, run top to bottom in a browser nobody looks at'
	@echo 'make test             lint, types, Python and JS tests, end-to-end tests in JupyterLab'
	@echo 'make quick            lint, types, Python and JS tests; no browser'
	@echo 'make soak             the tests that take minutes'
	@echo 'make bench            latency and load beside plain aiortc'
	@echo "make bundle           the page's half, built again where its sources changed"
	@echo 'make format           ruff and biome write their layout'
	@echo 'make clean            remove everything that make made'
	@echo 'Parts of make test, alone: lint types unit e2e'

# --- what people call -------------------------------------------------------------------------------------

ifeq ($(filter-out 0 no false,$(HEADLESS)),)
demo: $(DEMO) bundle
	@echo '== JupyterLab opens $(QUICKSTART); press Ctrl-C twice here to stop it'
	$(PY) -m jupyterlab $(ALLOW_ROOT) --ServerApp.root_dir=$(dir $(QUICKSTART)) \
	  --LabApp.default_url=/lab/tree/$(notdir $(QUICKSTART))
else
demo: $(DEV) bundle chromium
	@echo '== $(QUICKSTART) in JupyterLab and headless Chromium'
	$(PY) -m tests.e2e.demo $(QUICKSTART)
endif

test: $(DEV) bundle chromium firefox lint types unit e2e
	@echo '== make test: all passed'

quick: $(DEV) bundle lint types unit
	@echo '== make quick: all passed'

soak: $(DEV) bundle chromium
	@echo '== tests that take minutes'
	$(PY) -m pytest -m soak --timeout 1800

bench: $(DEV) bundle chromium
	@echo '== benchmarks'
	$(PY) -m tests.benchmarks.bench

bundle: $(BUNDLE)

format: $(DEV) $(MODULES)
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix-only --quiet .
	$(NPM) run format

clean:
	rm -rf $(VENV) build dist js/node_modules rtcwidgets/static
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- parts of make test -----------------------------------------------------------------------------------

lint: $(DEV) $(MODULES)
	@echo '== lint'
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(NPM) run lint

types: $(DEV) $(MODULES)
	@echo '== types'
	$(PY) -m mypy
	$(NPM) run types

unit: $(DEV) bundle
	@echo '== Python tests'
	$(PY) -m pytest tests --ignore tests/e2e
	@echo '== JS tests'
	$(NPM) test

e2e: $(DEV) bundle chromium firefox
	@echo '== end-to-end tests in JupyterLab'
	$(PY) -m pytest tests/e2e

# --- what they need ---------------------------------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'rtcwidgets needs Python 3.11 or newer, found: '"$$($(PYTHON) --version 2>&1)"; \
	  echo 'Install one, or name it: make PYTHON=python3.12 ...'; exit 1; }
	@echo '== virtual environment $(VENV)'
	@$(PYTHON) -m venv $(VENV) || { \
	  echo 'Python could not make $(VENV). On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@touch $@

.PHONY: node
node:
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 || { \
	  echo 'rtcwidgets needs Node 20 or newer with npm, found: '"$$(node --version 2>&1)"; \
	  echo 'Install Node 20 or newer, or install the wheel from PyPI, which needs no Node.'; exit 1; }

# An editable install, so that only a change of these files asks for another; its build hook builds the bundle.
$(DEMO): $(VENV)/.made pyproject.toml hatch_build.py | node
	@echo '== installing rtcwidgets with JupyterLab into $(VENV)'
	@$(PIP) --editable '.[demo]'
	@touch $@

$(DEV): $(VENV)/.made pyproject.toml hatch_build.py | node
	@echo '== installing rtcwidgets with JupyterLab, test and lint tools into $(VENV)'
	@$(PIP) --editable '.[dev]'
	@touch $@ $(DEMO)

$(MODULES): js/package.json js/package-lock.json | node
	@echo '== npm ci'
	@npm --prefix js --loglevel error ci >/dev/null
	@touch $@

$(BUNDLE): $(MODULES) $(wildcard js/src/*) js/build.mjs rtcwidgets/version.py
	@echo '== bundle'
	@$(NPM) run build

chromium firefox: $(VENV)/.made
	@$(PY) tests/e2e/browser.py $@
