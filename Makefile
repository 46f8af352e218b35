# the two commands of the README are `make run` and `make test`; both set up what they need
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test check lint bench basemap picture looks codebook lock clean

run: $(VENV)/.ready
	$(BIN)/tansiq run --port $(PORT)

test: $(VENV)/.ready-test lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

check: $(VENV)/.ready-check lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --hypothesis-profile whole

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.ready-test
	$(BIN)/python -m benchmarks

picture: $(VENV)/.ready-test
	$(BIN)/python -m docs.picture

# all of them, or those whose names begin so: make looks ONLY="map-ar events"
looks: $(VENV)/.ready-test
	$(BIN)/python -m tests.looks $(ONLY)

codebook: $(VENV)/.ready-test
	$(BIN)/python -m docs.codebook

basemap: $(VENV)/.ready-test
	$(BIN)/python data/basemap/build.py

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tansiq needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready tests/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	$(BIN)/python tests/chromium.py
	touch $@

# the engines that take long to fetch: Spark and ClickHouse's
$(VENV)/.ready-check: $(VENV)/.ready-test tests/engines.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/engines.lock
	touch $@

# needs uv; writes versions and hashes only, no address
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group test pyproject.toml -c requirements.lock -o tests/requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra chdb --extra spark pyproject.toml -c tests/requirements.lock -o tests/engines.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
