# Two commands are enough to begin: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test lint types page train evaluate bench bench-batch bench-editor lock picture clean

VENV := .venv
BIN := $(VENV)/bin
CODE := classifier service tests
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# One article is scored by one thread: the service and the tests make their own.
OMP_NUM_THREADS ?= 1
export OMP_NUM_THREADS

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## make .venv with the command `overclaim` in it (PYTHON=… names another Python)

run: install ## start the service and show its page (ARGS="--port 9000")
	@$(BIN)/overclaim serve --open $(ARGS)

test: install ## run all tests (ARGS="-k offsets" runs some)
	@$(BIN)/python -m pytest $(ARGS)

lint: install ## check style and format
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/ruff format --check --quiet $(CODE) || { echo "not formatted: run $(BIN)/ruff format $(CODE)"; exit 1; }
	@echo "lint: no complaints"

types: install ## check types
	@$(BIN)/mypy
	@for file in $$(find tests -mindepth 2 -name conftest.py); do MYPYPATH=tests:tests/service $(BIN)/mypy $$file || exit 1; done

page: ## build the page anew from service/web/src (needs Node 20 and, the first time, the network)
	@cd service/web && npm ci --ignore-scripts --silent && npm run --silent build

train: install ## train the model anew, on the public articles too if OVERCLAIM_CORPUS names them
	@$(BIN)/overclaim train $(ARGS)

evaluate: install ## measure the model (ARGS=--full trains simpler ones to compare it with, which takes long)
	@$(BIN)/overclaim evaluate $(ARGS)

bench: install ## measure speed: words a second beside spaCy, and the time of one request
	@$(BIN)/python tests/benchmarks/speed.py $(ARGS)

bench-batch: install ## measure an archive of 20,000 articles: processes, Spark, memory (ARGS="--articles 2000")
	@$(BIN)/python tests/benchmarks/batch.py $(ARGS)

bench-editor: install ## measure how soon a change to an article is answered
	@$(BIN)/python tests/benchmarks/editor.py $(ARGS)

lock: $(BIN)/python ## write requirements.lock anew (UPGRADE=1 takes the newest versions; needs the network)
	@sh tests/tools/lock.sh $(BIN)/python

picture: install ## take the README's picture of the page anew (needs Chromium)
	@$(BIN)/python tests/tools/picture.py $(ARGS)

clean: ## remove .venv, builds and caches
	@rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .overclaim-cache
	@find $(CODE) -type d -name __pycache__ -prune -exec rm -rf {} +

# Each step leaves a stamp, so that a second call has nothing to do. The packages are installed again when the lock file
# changes, the command when pyproject.toml does. The model and the code are used where they lie.
$(VENV)/.installed: $(VENV)/.packages pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.packages: requirements.lock | $(BIN)/python
	@echo "Installing the packages of requirements.lock into $(VENV) (a minute or two) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@touch $@

$(BIN)/python:
	@python=$$(sh tests/tools/find-python.sh "$(PYTHON)") || exit 1; \
	echo "Making $(VENV) with $$("$$python" --version) ..."; \
	"$$python" -m venv --clear $(VENV)
