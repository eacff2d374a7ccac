# Every target works on a fresh machine with Python 3.11 or newer; `make demo` downloads an API server, and Go builds one.
PYTHON ?= python3
STACK ?= dev
# A file's tests stay on one worker, as they share what took long to start; the slow files come before the many.
WORKERS ?= auto
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMMAND := $(BIN)/fairlead
PULUMI := $(BIN)/python -m fairlead.lifecycle.engine.pulumi_cli

# Hashes of all, and no package's own code at its installation.
PIP := $(BIN)/python -m pip install --require-hashes --only-binary :all:

QUICK := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile
PYTEST := $(QUICK) --no-loadscope-reorder

.PHONY: help install demo quick test check format lint types up preview down lock digests docs site wheel golden bench clean

help: ## List the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(READY): requirements.txt requirements-cli.txt requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "error: there is no $(PYTHON) on PATH:" \
	  "install Python 3.11 or newer, or name one with PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: $(PYTHON) is older than Python 3.11: name a newer one with PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: $(PYTHON) cannot make a virtual environment:" \
	  "install its venv module (Debian and Ubuntu: apt install python3-venv) or name another with PYTHON=..." >&2; exit 2; }
	@echo "Installing the packages of requirements-dev.txt into $(VENV), once: about 1 GB, one to three minutes ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --quiet --disable-pip-version-check --requirement requirements-dev.txt \
	  || { echo "error: the packages were not installed; above is why. The next make tries again." >&2; exit 2; }
	@touch $@

# A target of its own: a clone whose packages were installed before there was a command gets it as well.
$(COMMAND): $(READY)
	@printf '%s\n' '#!/bin/sh' '# The command line of this clone, typed in its folder.' 'exec "$${0%/*}/python" -m fairlead "$$@"' >$@
	@chmod +x $@

install: $(READY) $(COMMAND) ## Install the Python packages into .venv; the other targets do that too

demo: $(READY) ## Install the local stack on a temporary Kubernetes API server, change it and destroy it
	@$(BIN)/python -m fairlead demo

quick: $(READY) ## Run the tests that end in 25 seconds: no evaluation, no other programs, no long lists
	$(QUICK) -m "mesh and not (process or scale or hypothesis)"

test: $(READY) ## Run every test that can run here
	$(PYTEST)

check: $(READY) ## Format, lint, types and tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(PYTEST)

format: $(READY) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lint: $(READY) ## Lint the code
	$(BIN)/ruff check .

types: $(READY) ## Check the types
	$(BIN)/pyright --pythonpath $(BIN)/python

up: $(READY) ## Apply the stack STACK (dev) with Pulumi, after repairing what an interrupted run left
	@$(BIN)/python -m fairlead up --stack $(STACK)

preview: $(READY) ## pulumi preview of the stack STACK (dev)
	$(PULUMI) stack select --create $(STACK)
	$(PULUMI) preview --stack $(STACK)

down: $(READY) ## Destroy the stack STACK (dev) with Pulumi, and prove that nothing is left
	@$(BIN)/python -m fairlead down --stack $(STACK)

lock: $(READY) ## Write the lock files, requirements*.txt; UPGRADE=--upgrade takes newer packages where they may change
	$(BIN)/uv pip compile --quiet $(UPGRADE) --output-file=requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet $(UPGRADE) --output-file=requirements-cli.txt requirements-cli.in
	$(BIN)/uv pip compile --quiet $(UPGRADE) --output-file=requirements-dev.txt requirements-dev.in
	$(BIN)/uv pip compile --quiet $(UPGRADE) --output-file=policy/requirements.txt policy/requirements.in
	$(BIN)/uv pip compile --quiet $(UPGRADE) --output-file=requirements-build.txt requirements-build.in

digests: $(READY) ## Write the digests of images and charts into fairlead_mesh/versions.py, asked of their registries
	$(BIN)/python tools/digests.py
	$(BIN)/ruff format --quiet fairlead_mesh/versions.py

docs: $(READY) ## Generate what in docs/ comes from the code: the reference, lint.md, stack.schema.json, dev.svg
	$(BIN)/python -m fairlead.reference.pages
	$(BIN)/python -m fairlead schema --out docs/stack.schema.json
	$(BIN)/python -m fairlead.reference.template
	$(BIN)/python -m fairlead picture --stack dev --out build
	cp build/dev.svg docs/dev.svg

# Not --quiet: what it hides is not counted, and a broken link would pass.
site: $(READY) ## Write the documents as a site that can be searched, into build/site; fails at a broken link
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build

wheel: $(READY) ## Build the package of the command line, wheel and source, into dist/
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist .
	@ls dist

golden: $(READY) ## Regenerate tests/golden; read the difference
	$(BIN)/python -m pytest tests/program/test_golden.py --write-golden

bench: $(READY) ## Measure, and write docs/benchmarks.md
	$(BIN)/python tools/benchmark.py

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .ruff_cache
