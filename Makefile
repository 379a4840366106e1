# Everything starts here. `make up` needs Python 3.11+ and git; the rest it brings itself.
#
#   make up [PORT=8000] [ADDRESS=127.0.0.1] [STATE=.enablement-state] [DEMO=tour]   the whole thing on this machine; with DEMO=tour, a queue with something in it
#   make test      everything: checks and all tests, real hub and real Chromium, SQLite and PostgreSQL
#   make kube      a real Kubernetes on this machine with the chart in it, and the main job in Chromium against it (root; Go; 20 minutes once)
#   make check     lint, types, import contracts, unit tests (under two minutes)
#   make git-walk  Git's buttons in every state of a repository and with a canary in every key of its configuration (half an hour; `make test` takes a sample)
#   make run-kills [RUNS=300 SEED=1]   what runs notebooks again, killed at random (an hour; `make test` takes a sample)
#   make run-outcomes [RUNS=20 SEED=1]   notebooks and outputs made from a seed, with the verdicts that they must get, hostile ones and all ways out of the sandbox (`make test` takes a sample)
#   make run-deaths [RUNS=1000 SEED=1]   kernels killed in every way, with the names that they must get (an hour; `make test` takes a sample)
#   make timing    tests that assert on measured time, for a machine that does nothing else
#   make install   only the development environment in .venv, with the lab extension built
#   make bundle OFFLINE=folder [IMAGES="slug ..."]   all that `make up` fetches, for a machine without network: there, make up OFFLINE=folder
#   make reference the pages of docs/reference from the code, and the lab extension's types of the HTTP contracts
#   make docs      the documentation site in build/docs; a broken link is an error
#   make bench     how fast it is, beside other things measured at the same time; writes docs/benchmarks
#   make advisories OSV=file   known vulnerabilities of everything that is locked here, by records in the OSV format
#   make wheel     a wheel in dist/ from which `enablement up` works as well

PYTHON  ?= python3
PORT    ?= 8000
ADDRESS ?= 127.0.0.1
STATE   ?= .enablement-state
DEMO    ?=
TESTS   ?= tests

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/stamps
OFFLINE ?=
IMAGES  ?=
OSV     ?=
BUNDLE := enablement_ext/lab/labextension

# Compiled once when installed: environments without .pyc files start two to three times slower for ever.
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
# A folder that `make bundle` wrote: every tool takes what it needs from there, and nothing asks the network.
ifneq ($(OFFLINE),)
ifeq ($(filter bundle,$(MAKECMDGOALS)),)
export ENABLEMENT_OFFLINE := $(abspath $(OFFLINE))
endif
endif
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

# jlpm comes with jupyter-builder; node is the machine's or the wheel's.
NODE = node=$$($(BIN)/python -m enablement_ext.cli.node) && cd labextension && PATH="$(CURDIR)/$(BIN):$$node:$$PATH"
JLPM = $(NODE) jlpm

# A step that may need the network: $(call fetch,TOOL,what for) COMMAND. The tool gets the person's certificates, proxy and index in its own
# variables; what it says goes to a file, and when it fails one line says what could not be reached and what to set.
fetch = '$(CURDIR)/$(BIN)/python' -m enablement_ext.cli.fetch 'make: $(2)' '$(CURDIR)/$(STAMPS)/$(1).log' $(1) --

LAB_SOURCES := $(shell find labextension -type f -not -path '*/node_modules/*' -not -path '*/lib/*' -not -path '*/.yarn/*' -not -name '*.tsbuildinfo' 2>/dev/null)

.DELETE_ON_ERROR:
.PHONY: advisories up bundle install venv labextension wheel lock reference docs test timing run-kills run-outcomes run-deaths suggestion-histories git-walk git-states git-keys servers kube check lint types contracts unit frontend bench system clean

up: install
	@exec $(BIN)/enablement up --port '$(PORT)' --address '$(ADDRESS)' --state '$(STATE)' $(if $(DEMO),--demo '$(DEMO)')

install: venv labextension

venv: $(STAMPS)/installed

$(STAMPS)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is not. Say which one to take: make PYTHON=python3.12" >&2; exit 3; }
	@[ -z "$$ENABLEMENT_OFFLINE" ] || $(PYTHON) tools/offline_bundle.py --check "$$ENABLEMENT_OFFLINE"
	@echo "==> environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make environments (on Debian: apt install python3-venv)" >&2; exit 3; }
	@$(call fetch,pip,installing uv) $(BIN)/python -m pip install -vv --disable-pip-version-check "uv>=0.9"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dependencies: requirements.lock | $(STAMPS)/uv
	@echo "==> Python packages from requirements.lock"
	@$(call fetch,uv,Python packages) $(BIN)/python -m uv pip sync --python $(BIN)/python requirements.lock
	@touch $@

$(STAMPS)/installed: $(STAMPS)/dependencies pyproject.toml hatch_build.py
	@echo "==> enablement itself, editable"
	@$(call fetch,uv,enablement itself) $(BIN)/python -m uv pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@tools/link-labextension $(VENV) $(BUNDLE)
	@touch $@

# The hash lock of the development environment: versions and hashes, no registry's host.
lock: $(STAMPS)/uv
	@$(call fetch,uv,the lock) $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --upgrade pyproject.toml -o requirements.lock

# The pages of docs/reference that are made from the code, and the lab extension's types of the HTTP contracts.
reference: install
	$(BIN)/python tools/reference.py
	@node=$$($(BIN)/python -m enablement_ext.cli.node) && cd labextension && PATH="$$node:$$PATH" node scripts/contract.mjs

# Warnings are errors: links and anchors that lead nowhere, pages that no table of contents has.
docs: venv
	@echo "==> documentation site"
	@$(BIN)/python -m sphinx --quiet --fresh-env --write-all --fail-on-warning --keep-going --nitpicky --jobs 2 docs build/docs
	@echo "build/docs/index.html"

labextension: $(BUNDLE)/package.json

labextension/node_modules/.yarn-state.yml: labextension/package.json labextension/yarn.lock | $(STAMPS)/installed
	@echo "==> JavaScript packages (a minute the first time)"
	@$(NODE) $(call fetch,jlpm,JavaScript packages) jlpm install --immutable
	@touch $@

$(BUNDLE)/package.json: $(LAB_SOURCES) labextension/node_modules/.yarn-state.yml | $(STAMPS)/installed
	@echo "==> lab extension"
	@($(JLPM) build:prod) >$(STAMPS)/jlpm.log 2>&1 || { cat $(STAMPS)/jlpm.log; exit 1; }
	@touch $@

bundle: venv
	@[ -n '$(OFFLINE)' ] || { echo "Say where to: make bundle OFFLINE=folder" >&2; exit 2; }
	@$(BIN)/python tools/offline_bundle.py '$(OFFLINE)' $(IMAGES)

advisories: venv
	@[ -n '$(OSV)' ] || { echo "Say which file has the advisories: make advisories OSV=all.zip" >&2; exit 2; }
	@$(BIN)/python tools/advisories.py '$(OSV)'

wheel: install
	@$(BIN)/python -m uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist
	@ls dist/*.whl

# Steps that know nothing of each other run side by side; each prints what it has to say in one piece.
check: install system
	@$(MAKE) --no-print-directory -j 2 --output-sync=target unit types frontend lint contracts

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
	@$(BIN)/python -m tests.servers helm versitygw
	@echo "==> unit tests"
	@$(BIN)/pytest -q -n 2 --dist loadfile --timeout 300 -m "not slow and not browser and not timing" $(TESTS)

test: check docs servers
	@echo "==> all tests"
	@$(BIN)/pytest -n 2 --dist loadfile -m "(slow or browser) and not timing" $(TESTS)

# What asserts on measured time or CPU: one after the other, on a machine that does nothing else.
timing: install system servers
	@echo "==> tests of time"
	@$(BIN)/pytest -q -m timing $(TESTS)

# All of what `make test` takes a seeded sample of; with PART=2/4 the second of four parts of it.
PART ?= all
git-walk: git-states git-keys

SEED ?= 1
run-kills: RUNS ?= 300
run-kills: install system
	@echo "==> $(RUNS) runs, and whoever makes them killed at random"
	@$(BIN)/python -m tests.service.rerun_kills $(RUNS) $(SEED)

run-outcomes: RUNS ?= 20
run-outcomes: install system
	@echo "==> outputs and notebooks with known outcomes, and the ways out of the sandbox"
	@$(BIN)/python -m tests.generated.trial outcomes $(RUNS) $(SEED)
	@$(BIN)/pytest -q tests/adapters/sandbox

run-deaths: RUNS ?= 1000
run-deaths: install system
	@echo "==> $(RUNS) kernels killed in every way"
	@$(BIN)/python -m tests.generated.trial deaths $(RUNS) $(SEED)

HISTORIES ?= 10000
suggestion-histories: SEED = 20261201
suggestion-histories: install
	@echo "==> $(HISTORIES) histories of suggested edits"
	@$(BIN)/python -m tests.core.review.suggestion_histories $(HISTORIES) $(SEED)

git-states: install system
	@echo "==> every button in every state of a repository"
	@ENABLEMENT_GIT_STATES=$(PART) $(BIN)/pytest -n 2 tests/git/test_states.py

git-keys: install system
	@echo "==> every button with a canary in every key of a repository's configuration"
	@ENABLEMENT_GIT_KEYS=$(PART) $(BIN)/pytest -n 2 tests/git/test_config_keys.py

# What the tests run against, made before they start: real servers from their Go modules (Go; minutes once), the oldest JupyterHub.
servers: install
	@$(BIN)/python -m tests.servers

# Exit code 3: this machine cannot hold a cluster (one line says what is missing), which is no verdict on the project.
kube: install
	@$(BIN)/python -m tests.servers.kubernetes --preflight
	@$(MAKE) --no-print-directory system
	@tools/kube-packages
	@$(BIN)/python -m tests.kube

BENCHES := submit throughput pace door secrets checks replicas queue_page lab_start memory canonicalise differences git_setup forge_push clean_filter spawn_page first_cell rerun

bench: install
	@$(BIN)/python -m tests.servers versitygw
	@for each in $(BENCHES); do echo "==> bench $$each"; $(BIN)/python -m bench.$$each || exit 1; done

# System packages that the tests need: through apt where it may, else one line says what to install.
system:
	@tools/system-packages

clean:
	rm -rf $(VENV) $(BUNDLE) labextension/node_modules labextension/lib dist build .mypy_cache .ruff_cache .pytest_cache
