# Works on a machine that has only Python and make. Set PYTHON to choose another interpreter.
PYTHON ?= python3
BIN = .venv/bin
SLOW = training or lesson or process or browser or server or jail or cluster
GROUPED = -n 2 --dist loadfile # a notebook's cells stay together, in order

# Colab's Python is 3.12; where there is none, this one has to do.
PYTHON_OF_COLAB = $(shell python3.12 -c "import sys; print(sys.executable)" 2> /dev/null || echo $(PYTHON))

.PHONY: lab test test-fast test-colab test-containers build site grade kill-matrix bench lint

lab: .venv/lab-installed ## open JupyterLab in course/
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/course

test: .venv/dev-installed ## run every test, and every solution notebook at full length
	$(BIN)/pytest $(GROUPED) --no-loadscope-reorder tests
	$(BIN)/pytest $(GROUPED) --nbval-lax --nbval-current-env solutions

test-fast: .venv/dev-installed ## run the tests that start nothing slow
	$(BIN)/pytest $(GROUPED) -m "not ($(SLOW))" tests

# Colab's old Jupyter uses what Python 3.12 warns of.
test-colab: .venv-colab/installed ## run every notebook with the versions that Colab has
	.venv-colab/bin/pytest -W ignore --confcutdir tests/colab tests/colab
	.venv-colab/bin/pytest -W ignore --nbval-lax --nbval-current-env solutions

test-containers: .venv/dev-installed ## try every attacker in a container of Podman or Docker
	$(BIN)/pytest --all-in-containers -k container tests/grading/sandbox/test_attacks.py

build: .venv/dev-installed ## make the notebooks; one of them: make build A=01_autoencoder
	$(BIN)/python -m grading.authoring.build $(A)

site: .venv/site-installed ## make the course site in build/site
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --doctree-dir build/doctrees docs build/site

grade: .venv/grading-installed ## grade classroom/submitted: make grade A=01_autoencoder
	$(if $(A),,$(error say which assignment: make grade A=01_autoencoder))
	$(BIN)/vae-grade run $(A)

kill-matrix: .venv/dev-installed ## hold every check against right and wrong answers, or those of A=
	$(BIN)/python -m grading.authoring.kill_matrix $(A)

bench: .venv/dev-installed ## measure what docs/measurements.md states, and write it
	$(BIN)/python -m experiments.bench

lint: .venv/dev-installed ## what the pre-commit hook demands
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet .

.venv/%-installed: pyproject.toml
	@echo "Installing into .venv. The first time takes a few minutes."
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	touch $@

.venv-colab/installed: tests/colab/requirements.txt pyproject.toml $(shell find vaelib -name "*.*" -not -name "*.pyc")
	@echo "Installing into .venv-colab. The first time takes a few minutes."
	test -x .venv-colab/bin/python || $(PYTHON_OF_COLAB) -m venv .venv-colab
	.venv-colab/bin/python -m pip install --quiet --disable-pip-version-check \
		--requirement tests/colab/requirements.txt .
	touch $@
