.DEFAULT_GOAL := help
.PHONY: help run test fuzz lint bench clean

PYTHON := .venv/bin/python
ARGS ?=

help:  ## Show these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

run:  ## Start everything on this machine, in the foreground (ARGS="--help" shows the options)
	@sh local/setup.sh run
	@exec $(PYTHON) -m local --with-parent $(ARGS)

test:  ## Run all tests (ARGS="tests/unit -k name" narrows them)
	@sh local/setup.sh test
	@exec $(PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

fuzz:  ## Fuzz every parser, FUZZ_SECONDS=60 each, from FUZZ_SEED=1 (FUZZ_TARGETS=dpkg,tar narrows them)
	@sh local/setup.sh fuzz
	@exec $(PYTHON) -m tests.fuzz

lint:  ## Check format, rules, types, the borders between packages, and the templates in infra/
	@sh local/setup.sh lint
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-cache
	@echo 'checkov on infra/ (about 10 s)'
	@said=$$(.venv-checkov/bin/checkov --config-file infra/checkov.yaml); echo "$$said"; \
		echo "$$said" | grep -qx 'Passed checks: [1-9][0-9]*, Failed checks: 0, Skipped checks: 0'

bench:  ## Measure speed and memory
	@sh local/setup.sh test
	@exec $(PYTHON) -m benchmarks $(ARGS)

clean:  ## Remove what was installed or cached here; the data in .plimsoll stays
	rm -rf .venv .venv-checkov node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-output
	find . -type d -name __pycache__ -prune -exec rm -rf {} +
