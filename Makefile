# `make` lists what there is. Everything runs in a virtual environment of the project's own (.venv).

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(READY) ## Make the virtual environment with the pinned dependencies

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) .ci/prerequisites.py venv
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## Run the whole job on a sample newsroom (ARGS="--once --dir DIR" leaves the results in DIR)
	@$(BIN)/digest demo $(ARGS)

# Three processes on two cores: one of them waits for the clock most of the time.
test: $(READY) ## Run all tests (first set up what they need)
	@$(PYTHON) .ci/prerequisites.py test
	$(BIN)/python -m pytest --numprocesses 3 $(ARGS)

test-long: $(READY) ## Run all tests, those too that only say more of the same
	@$(PYTHON) .ci/prerequisites.py test
	$(BIN)/python -m pytest --numprocesses 3 -m "" $(ARGS)

test-faults: $(READY) ## Kill, lock, fill, cut off and turn away, at length: prove that nobody is missed and nobody gets it twice
	$(BIN)/python -m pytest --numprocesses 2 -m "" $(ARGS) tests/faults

check: $(READY) ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY) ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogues: $(READY) ## Bring templates/locale up to date with the messages in code and templates
	@$(BIN)/python .ci/catalogues.py

bench-editorial: $(READY) ## Print how well duplicates and summaries do, and how fast
	$(BIN)/python tests/benchmarks/bench_editorial.py

bench-import: $(READY) ## Print how fast a list of a million comes in and goes out, on both databases (ARGS="--rows 100000")
	$(BIN)/python tests/benchmarks/bench_import.py $(ARGS)

bench-fill: $(READY) ## Print how long fixing the audience of a million takes, on both databases
	$(BIN)/python tests/benchmarks/bench_fill.py $(ARGS)

bench-send: $(READY) ## Print how fast an issue leaves, beside Postfix's smtp-source (ARGS="--long", "--help" …)
	$(BIN)/python tests/benchmarks/bench_send.py $(ARGS)

pictures: $(READY) ## Take the reference pictures of all mails anew: look at each before you keep it
	$(BIN)/python -m tests.pictures.scenes

screenshot: $(READY) ## Make the README's picture anew from the demo's issue, in every theme
	$(BIN)/python docs/make_screenshot.py

lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev --extra postgres --extra llm \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## Remove what was made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

.PHONY: help setup demo test test-long test-faults check format catalogues bench-editorial bench-fill bench-import bench-send pictures screenshot lock clean
