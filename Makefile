# Each target sets up what it needs, in .venv, and is quick when nothing changed. CI calls the same names.
#   make demo            a clip from a prompt, in demo.mp4
#   make test            all tests              (ARGS="-k guard" passes options to pytest)
#   make check           style, types, layers
#   make bench           speed, side by side with peers
#   make bench-quality   subject, motion and background judged     (PROMPTS=file.jsonl, PHOTOS=folder take your own)
#   make train-smoke     the whole training on the tiny model
#   make soak            the road again and again, watching memory and left-over files

PROMPT ?= a red fox runs through a snowy field
ARGS ?=
PROMPTS ?=
PHOTOS ?=

VENV := .venv
PY := $(VENV)/bin/python
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench

.PHONY: demo test check bench bench-quality train-smoke soak format clean
.DEFAULT_GOAL := demo

$(PY):
	@sh tools/venv.sh $(VENV)

$(DEV): $(PY) pyproject.toml
	@echo "Installing vitascope and its tools into $(VENV) (once; about a minute) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(BENCH): $(DEV)
	@echo "Installing what the benchmarks compare with ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@touch $@

demo: $(DEV)
	@$(VENV)/bin/vitascope generate "$(PROMPT)" -o demo.mp4

test: $(DEV)
	@$(PY) -m pytest $(ARGS)

check: $(DEV)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/pyright
	@$(VENV)/bin/lint-imports

bench: $(BENCH)
	@$(PY) -m benchmarks.speed $(ARGS)

bench-quality: $(DEV)
	@$(PY) -m benchmarks.quality $(if $(PROMPTS),--prompts "$(PROMPTS)") $(if $(PHOTOS),--photos "$(PHOTOS)") $(ARGS)

train-smoke: $(DEV)
	@$(PY) recipes/smoke.py $(ARGS)

soak: $(DEV)
	@$(PY) -m benchmarks.soak $(ARGS)

format: $(DEV)
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache demo.mp4
