# Needs make and Python 3.11 or newer, nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check bench demo clean
# The six words share one virtual environment and one var/.
.NOTPARALLEL:

VENV := .venv
PY := $(VENV)/bin/python
NAME ?=
export SEED FORCE PORT PYTEST_ARGS CHROMIUM

FIND_PYTHON = python=; \
	for candidate in python3.13 python3.12 python3.11 python3 python; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Portolan needs Python 3.11 or newer, and none is on the PATH (looked for python3.13, python3.12, python3.11, python3)." >&2; \
	  exit 1; \
	fi

help:
	@echo 'make run               start Portolan here, with its own PostgreSQL and Valkey (PORT=8000)'
	@echo 'make test              run every test (PYTEST_ARGS="-k tenancy" for some)'
	@echo 'make check             lint, types, import rules, migrations, deployment checks'
	@echo 'make bench NAME=pages  measure; without NAME, everything'
	@echo 'make demo              generate the demo organization anew (SEED=7; FORCE=1 loses what was imported into it)'
	@echo 'make clean             remove var/ (with its database) and .venv (FORCE=1 does not ask)'

run:
	@$(FIND_PYTHON); "$$python" -m ops.install run $(VENV) && exec $(PY) -m ops.run

demo:
	@$(FIND_PYTHON); "$$python" -m ops.install run $(VENV) && exec $(PY) -m ops.demo

test:
	@$(FIND_PYTHON); "$$python" -m ops.install dev $(VENV) && exec $(PY) -m ops.test

check:
	@$(FIND_PYTHON); "$$python" -m ops.install dev $(VENV) && exec $(PY) -m ops.check

bench:
	@$(FIND_PYTHON); "$$python" -m ops.install dev $(VENV) && exec $(PY) -m bench $(NAME)

clean:
	@$(FIND_PYTHON); exec "$$python" -m ops.clean
