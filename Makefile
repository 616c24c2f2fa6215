# The habits of this project. `make help` lists them.
VENV := .venv
BIN := $(VENV)/bin
STAMP := .make/venv
PYTHON ?= python3.11
# The tests start archdoc as a process hundreds of times: Python may keep what it compiled, whatever the shell says.
# pip compiles nothing: of the twenty thousand files, most of them Ansible's collections, few are ever loaded.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help site serve test cover lint check clean tools tests bench

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(STAMP): pyproject.toml
	@mkdir -p .make
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable . --group dev
	@touch $@

tools: $(STAMP) ## set up what the tests need, Chromium included
	@command -v chromium >/dev/null || { (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core) >/dev/null; }

site: $(STAMP) ## draw this repository and build its site into site/
	$(BIN)/archdoc build
	$(BIN)/mkdocs build --strict --quiet

serve: $(STAMP) ## show the site locally and follow changes
	$(BIN)/mkdocs serve

lint: $(STAMP) ## formatting, lint, types and the layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: $(STAMP) ## compare the published pages with the code
	$(BIN)/archdoc check

test: tools ## run everything that CI runs
	@$(MAKE) --no-print-directory --jobs=2 lint tests
	$(BIN)/archdoc check

tests: tools
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

cover: tools ## which lines the tests run
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder --cov --cov-report=term:skip-covered

REPO ?= .
bench: $(STAMP) ## what it costs, as ratios to python-hcl2 alone (REPO=DIR for another repository)
	$(BIN)/python -m bench --repo $(REPO)

clean: ## remove everything that make made
	rm -rf $(VENV) .make site
