# Everything starts here. `make up` needs Python 3.11+ and git; the rest it brings itself.
#
#   make up [PORT=8000] [ADDRESS=127.0.0.1] [STATE=.enablement-state]   the whole thing on this machine
#   make test      everything: checks and all tests, real hub and real Chromium, SQLite and PostgreSQL
#   make kube      a real Kubernetes on this machine with the chart in it, and the main job in Chromium against it (root; Go; 20 minutes once)
#   make check     lint, types, import contracts, unit tests (under two minutes)
#   make install   only the development environment in .venv, with the lab extension built
#   make reference the pages of docs/reference, from the code
#   make bench     how fast it is, beside other things measured at the same time; writes docs/benchmarks
#   make wheel     a wheel in dist/ from which `enablement up` works as well

PYTHON  ?= python3
PORT    ?= 8000
ADDRESS ?= 127.0.0.1
STATE   ?= .enablement-state
TESTS   ?= tests

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/stamps
BUNDLE := enablement_ext/lab/labextension

# Compiled once when installed: environments without .pyc files start two to three times slower for ever.
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

# jlpm comes with jupyter-builder; node is the machine's or the wheel's.
JLPM = node=$$($(BIN)/python -m enablement_ext.cli.node) && cd labextension && PATH="$(CURDIR)/$(BIN):$$node:$$PATH" jlpm

LAB_SOURCES := $(shell find labextension -type f -not -path '*/node_modules/*' -not -path '*/lib/*' -not -path '*/.yarn/*' -not -name '*.tsbuildinfo' 2>/dev/null)

.DELETE_ON_ERROR:
.PHONY: up install venv labextension wheel lock reference test kube check lint types contracts unit frontend bench system clean

up: install
	@exec $(BIN)/enablement up --port '$(PORT)' --address '$(ADDRESS)' --state '$(STATE)'

install: venv labextension

venv: $(STAMPS)/installed

$(STAMPS)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is not. Say which one to take: make PYTHON=python3.12" >&2; exit 3; }
	@echo "==> environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make environments (on Debian: apt install python3-venv)" >&2; exit 3; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dependencies: requirements.lock | $(STAMPS)/uv
	@echo "==> Python packages from requirements.lock"
	@$(BIN)/python -m uv pip sync --quiet --python $(BIN)/python requirements.lock
	@touch $@

$(STAMPS)/installed: $(STAMPS)/dependencies pyproject.toml hatch_build.py
	@echo "==> enablement itself, editable"
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@tools/link-labextension $(VENV) $(BUNDLE)
	@touch $@

# The hash lock of the development environment: versions and hashes, no registry's host.
lock: $(STAMPS)/uv
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --upgrade pyproject.toml -o requirements.lock

# The pages of docs/reference that are made from the code.
reference: install
	$(BIN)/python tools/reference.py

labextension: $(BUNDLE)/package.json

labextension/node_modules/.yarn-state.yml: labextension/package.json labextension/yarn.lock | $(STAMPS)/installed
	@echo "==> JavaScript packages (a minute the first time)"
	@($(JLPM) install --immutable) >$(STAMPS)/jlpm.log 2>&1 || { cat $(STAMPS)/jlpm.log; exit 1; }
	@touch $@

$(BUNDLE)/package.json: $(LAB_SOURCES) labextension/node_modules/.yarn-state.yml | $(STAMPS)/installed
	@echo "==> lab extension"
	@($(JLPM) build:prod) >$(STAMPS)/jlpm.log 2>&1 || { cat $(STAMPS)/jlpm.log; exit 1; }
	@touch $@

wheel: install
	@$(BIN)/python -m uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist
	@ls dist/*.whl

check: lint types contracts frontend unit

lint: install
	@echo "==> ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: run $(BIN)/ruff format" >&2; exit 1; }
	@echo "==> sizes and names"
	@$(BIN)/python tools/check_sizes.py

types: install
	@echo "==> mypy"
	@$(BIN)/mypy $(wildcard enablement_ext tests tools bench hatch_build.py)

contracts: install
	@echo "==> import contracts"
	@$(BIN)/lint-imports --no-logo

frontend: install
	@echo "==> lab extension: generated types, lint, types and unit tests"
	@($(JLPM) run check) >$(STAMPS)/jlpm.log 2>&1 || { cat $(STAMPS)/jlpm.log; exit 1; }

unit: install system
	@echo "==> unit tests"
	@$(BIN)/pytest -q -n 2 --dist loadfile -m "not slow and not browser" $(TESTS)

test: check
	@echo "==> all tests"
	@$(BIN)/pytest -n 2 --dist loadfile -m "slow or browser" $(TESTS)

# Exit code 3: this machine cannot hold a cluster (one line says what is missing), which is no verdict on the project.
kube: install
	@$(BIN)/python -m tests.servers.kubernetes --preflight
	@$(MAKE) --no-print-directory system
	@tools/kube-packages
	@$(BIN)/python -m tests.kube

BENCHES := submit throughput pace replicas queue_page lab_start memory canonicalise git_setup forge_push clean_filter spawn_page first_cell

bench: install
	@for each in $(BENCHES); do echo "==> bench $$each"; $(BIN)/python -m bench.$$each || exit 1; done

# System packages that the tests need: through apt where it may, else one line says what to install.
system:
	@tools/system-packages

clean:
	rm -rf $(VENV) $(BUNDLE) labextension/node_modules labextension/lib dist build .mypy_cache .ruff_cache .pytest_cache
