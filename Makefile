# Ibasho. `make up` is all a programme needs; the rest is for those who work on it.
#
#   make up          serve a programme from ./data, and print the first invitation
#   make demo        the same with invented people, from ./demo-data
#   make setup       everything a developer needs
#   make test        everything we promise          make lint     the quick part of it
#   make bench       what it costs                  make shots    a picture of every page
#   make mutants     break each refusal in turn     make messages the strings, for translators
#   make release     what stands in the way of one, or a wheel and an sdist in dist/
#
#   ONLY=help make bench              one part of it
#   BIND=127.0.0.1:8001 make up       another address
#   DATA=./other make up              another programme
#   DATABASE_URL=postgresql://… make up

BIND ?= 127.0.0.1:8000
DATA ?= ./data
DEMO ?= ./demo-data

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
# Every package is pinned and hashed, comes ready built, and brings nothing along that is not in the lock.
LOCKED := --require-hashes --only-binary :all: --no-deps
IBASHO := $(VENV)/.ibasho
WITH_POSTGRESQL := $(VENV)/.postgresql
WORKSHOP := $(VENV)/.workshop
SYSTEM := $(VENV)/.system

# A programme on PostgreSQL needs its driver too.
RUNTIME := $(IBASHO) $(if $(filter postgres%,$(DATABASE_URL)),$(WITH_POSTGRESQL))

.PHONY: up demo test lint bench shots mutants messages release setup clean
.DELETE_ON_ERROR:

up: $(RUNTIME)
	$(BIN)/ibasho up --bind $(BIND) --data $(DATA)

demo: $(RUNTIME)
	$(BIN)/ibasho demo --bind $(BIND) --data $(DEMO)

setup: $(WORKSHOP) $(SYSTEM)
	@echo "Ready. make test runs everything; make demo shows it."

test: lint $(SYSTEM)
	$(BIN)/python -m pytest -n 3 --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone

lint: $(WORKSHOP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/words_lint.py

bench: $(WORKSHOP)
	$(BIN)/python bench/bench.py $(if $(ONLY),--only $(ONLY))

shots: $(WORKSHOP) $(SYSTEM)
	$(BIN)/python tools/shots.py

mutants: $(WORKSHOP)
	$(BIN)/python tools/mutants.py

messages: $(WORKSHOP)
	$(BIN)/python tools/messages.py

release: $(WORKSHOP)
	$(BIN)/python tools/release.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# ---------------------------------------------------------------- what has to be there first

$(BIN)/python:
	@tools/make-venv $(VENV)

$(IBASHO): $(BIN)/python requirements.lock pyproject.toml
	@echo "Bringing Python's packages for the programme."
	@sed '/^# ---- with PostgreSQL/,$$d' requirements.lock > $(VENV)/wanted
	@$(PIP) install $(LOCKED) -r $(VENV)/wanted
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(WITH_POSTGRESQL): $(IBASHO)
	@sed '/^# ---- and to work on it/,$$d' requirements.lock > $(VENV)/wanted
	@$(PIP) install $(LOCKED) -r $(VENV)/wanted
	@touch $@

$(WORKSHOP): $(IBASHO)
	@echo "Bringing Python's packages for developers."
	@$(PIP) install $(LOCKED) -r requirements.lock
	@touch $@ $(WITH_POSTGRESQL)

$(SYSTEM): $(BIN)/python tools/system-packages
	@tools/system-packages test
	@touch $@
