# `make help` lists what can be made. Every target that needs the environment makes it first, once.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv/bin
OUT ?= out/demo
SLICER ?=
ARGUMENTS ?=

export PYTHONUTF8 := 1

.PHONY: help setup demo test test-all lint format screenshots app test-slicer benchmark clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make the environment in .venv (PYTHON=... chooses the interpreter)
	@python="$$(PYTHON='$(PYTHON)' sh Testing/setup/find-python.sh)" \
		&& "$$python" Testing/setup/environment.py

demo: setup ## Segment the sample study, or FILES="t1 t1c t2 flair", or T1=... T1C=... T2=... FLAIR=...
	@PYTHONPATH=Testing $(VENV)/python -m demo --output "$(OUT)" \
		$(if $(T1),--t1 "$(T1)") $(if $(T1C),--t1c "$(T1C)") \
		$(if $(T2),--t2 "$(T2)") $(if $(FLAIR),--flair "$(FLAIR)") $(FILES)

test: setup ## Run the test suite (ARGUMENTS="-k name" chooses)
	PYTHONPATH=Testing $(VENV)/python -m suite $(ARGUMENTS)

test-all: setup ## Run the test suite, slow tests included
	PYTHONPATH=Testing $(VENV)/python -m suite -m "slow or not slow" $(ARGUMENTS)

lint: setup ## Check style and types
	$(VENV)/ruff check . && checked=0 || checked=1; \
	$(VENV)/ruff format --check . || checked=1; \
	$(VENV)/mypy || checked=1; \
	exit $$checked

format: setup ## Put every Python file into the project's format
	$(VENV)/ruff check --fix-only .
	$(VENV)/ruff format .

screenshots: demo ## Make the pictures of the documentation: the demo's and the panels'
	mkdir -p Resources/Screenshots
	cp "$(OUT)/pictures/overview.png" Resources/Screenshots/demo-overview.png
	PYTHONPATH=Testing $(VENV)/python -m host.screenshots $(ARGUMENTS)
	PYTHONPATH=Testing $(VENV)/python -m host.radiomics_screenshots $(ARGUMENTS)

app: setup ## Open the panels in a window without Slicer (needs a screen)
	PYTHONPATH=Testing $(VENV)/python -m host.app $(ARGUMENTS)

test-slicer: ## Run the self-tests in a real Slicer: SLICER=/path/to/Slicer
	@test -n "$(SLICER)" || { echo "Name the application: make test-slicer SLICER=/path/to/Slicer" >&2; exit 1; }
	sh Testing/setup/test-in-slicer.sh "$(SLICER)"

benchmark: setup ## Measure speed: prints times and agreement
	@for script in Testing/benchmarks/*.py; do \
		echo "== $$script"; PYTHONPATH=Testing $(VENV)/python "$$script" $(ARGUMENTS) || exit 1; done

clean: ## Remove the environment and everything that was made
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
