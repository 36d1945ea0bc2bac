# Works on a machine that has only Python and make. Set PYTHON to choose another interpreter.
PYTHON ?= python3
BIN = .venv/bin
GROUPED = -n 2 --dist loadfile # a notebook's cells stay together, in order

.PHONY: lab test build site grade kill-matrix bench lint

lab: .venv/lab-installed ## open JupyterLab in course/
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/course

test: .venv/dev-installed ## run every test, and every solution notebook at full length
	$(BIN)/pytest $(GROUPED) tests
	$(BIN)/pytest $(GROUPED) --nbval-lax --nbval-current-env solutions

build: .venv/dev-installed ## make the notebooks from solutions/NN_name.py
	$(BIN)/python -m grading.build

site: .venv/site-installed ## make the course site in build/site
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --doctree-dir build/doctrees docs build/site

grade: .venv/grading-installed ## grade classroom/submitted: make grade A=01_autoencoder
	$(if $(A),,$(error say which assignment: make grade A=01_autoencoder))
	$(BIN)/vae-grade run $(A)

kill-matrix: .venv/dev-installed ## hold every check against right and wrong answers
	$(BIN)/python -m grading.kill_matrix

bench: .venv/dev-installed ## measure what docs/measurements.md states
	$(BIN)/python -m experiments.bench

lint: .venv/dev-installed ## what the pre-commit hook demands
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.venv/%-installed: pyproject.toml
	@echo "Installing into .venv. The first time takes a few minutes."
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	touch $@
