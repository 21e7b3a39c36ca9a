# Two commands to know: `make demo` and `make test`. They need Python 3.11 or later with its venv module, and nothing else.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
PORT ?= 8000
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet --no-input
WORKERS ?= 2

.PHONY: help install demo dev fix check test messages lock release clean

help:
	@echo "make demo [PORT=8000]  try it: an invented concertation on http://127.0.0.1:8000"
	@echo "make test              check everything, on SQLite and on PostgreSQL where there is one"
	@echo "make install           install what development needs"
	@echo "make dev [PORT=8000]   serve, and reload when a file changes"
	@echo "make fix               set the code in order"
	@echo "make check             what test checks before its tests: style, types, layers, migrations, messages"
	@echo "make messages          compile the catalogues and say what they lack"
	@echo "make lock              pin the versions again after a change in pyproject.toml"
	@echo "make release           write in dist/ what a release publishes: the wheel, verify.py, their SHA-256"

install: .venv/.development
	@.venv/bin/python -m polyphonie.config.messages compile

demo: .venv/.running
	@.venv/bin/python -m polyphonie.config.messages compile
	@.venv/bin/python -m polyphonie demo --port $(PORT)

dev: .venv/.development
	@.venv/bin/python -m polyphonie.config.messages compile
	@POLYPHONIE_DEBUG=1 .venv/bin/python -m polyphonie manage migrate --verbosity 0
	@POLYPHONIE_DEBUG=1 .venv/bin/python -m polyphonie manage runserver 127.0.0.1:$(PORT)

fix: .venv/.development
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format --quiet .

check: .venv/.development
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --check --quiet .
	.venv/bin/mypy --no-error-summary polyphonie
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint polyphonie
	.venv/bin/python -m polyphonie manage makemigrations --check --dry-run --verbosity 1
	.venv/bin/python -m polyphonie.config.messages check

test: check
	.venv/bin/python -m pytest --database both -n $(WORKERS) --maxschedchunk 1

messages: .venv/.running
	.venv/bin/python -m polyphonie.config.messages compile
	.venv/bin/python -m polyphonie.config.messages check

# `uv` is wanted here only: whoever installs or tests does without it
lock:
	uv pip compile pyproject.toml --extra pdf --extra postgres --group build --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --output-file requirements.lock --quiet
	uv pip compile pyproject.toml --extra pdf --extra postgres --group build --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --output-file requirements-dev.lock --quiet

# who takes verify.py from the release compares it with this SHA-256, not with the copy that an export carries
release: .venv/.development
	rm -rf dist && mkdir dist
	$(PIP) wheel . --no-deps --no-build-isolation --no-index --wheel-dir dist
	cp polyphonie/opendata/verify.py dist/
	cd dist && sha256sum *.whl verify.py > SHA256SUMS && cat SHA256SUMS

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Polyphonie needs Python 3.11 or later: install it, then run make again." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Polyphonie needs Python 3.11 or later; $(PYTHON) is older. Say which: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv." >&2; exit 1; }

.venv/.running: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what running needs into .venv…"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.lock .venv/.running
	@echo "Installing what development needs into .venv…"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
