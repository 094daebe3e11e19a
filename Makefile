# make demo: build the example service, start it in the embedded sandbox, ask it. make test: the tests.
# All that must be there: python3 (3.11 or later), git and make. Everything else is fetched into .tools and .venv.

PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := examples/lightweight-app

# The engine tests install and start Docker and Podman: where that is possible, and not in a plain unit run.
ENGINE ?= $(shell [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null && echo yes)
# NETWORK=yes adds the tests that read the package mirrors.
NETWORK ?=
MARKS := not engine$(if $(NETWORK),, and not network)

.PHONY: demo test unit engine check docs bench faults reports clean

demo: .venv/.ready
	$(BIN)/python tools/demo.py $(EXAMPLE)

test: unit $(if $(ENGINE),engine)

unit: .venv/.ready
	$(BIN)/pytest -n auto -m "$(MARKS)"

engine: .venv/.ready-engine
	$(BIN)/pytest -m engine

check: .venv/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/house

docs: .venv/.ready
	$(BIN)/python tools/docs.py

bench: .venv/.ready
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.packing
	$(BIN)/python -m benchmarks.verify
	$(BIN)/python -m benchmarks.check
	$(BIN)/python -m benchmarks.lightweight_app
	$(BIN)/python -m benchmarks.reference_services
	$(BIN)/python -m benchmarks.slim

faults: .venv/.ready
	$(BIN)/python -m benchmarks.fault_injection --results docs/results/fault-injection.md

reports: .venv/.ready
	$(BIN)/python -m benchmarks.reports

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: pyproject.toml uv.lock tools/bootstrap.py
	@command -v $(PYTHON) >/dev/null || { printf 'error: %s is not installed\n  fix: apt-get install python3\n' '$(PYTHON)' >&2; exit 2; }
	@$(PYTHON) tools/bootstrap.py
	@touch $@

.venv/.ready-engine: .venv/.ready
	@$(PYTHON) tools/bootstrap.py engine
	@touch $@
