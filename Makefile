# Everything a newcomer needs is behind two commands: `make demo` and `make test`.
# Each step leaves a stamp in .cache/stamps and runs again only when what it is made from has changed.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

STAMPS := .cache/stamps
VENV := .venv/bin
export PATH := $(CURDIR)/$(VENV):$(PATH)
# Node comes from a wheel and is newer than what the CDK's bridge lists; the warning says nothing else.
export npm_config_update_notifier := false
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

PYTHON_SOURCES = $(shell find app.py infra functions layers/marquee containers -name '*.py' -o -name 'Dockerfile' -o -name '*.txt' 2>/dev/null)
WEB_SOURCES = $(shell find web/src web/public -type f) web/index.html web/vite.config.js web/tsconfig.json

.PHONY: help demo up test prove check format synth deploy diff layers bench openapi schemas docs audit doctor clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMPS)/ready ## Run the whole service here and play films (ARGS="my.mp4 --exit")
	@marquee demo $(ARGS)

up: $(STAMPS)/ready ## Run the whole service here (ARGS="--port 9000")
	@marquee up $(ARGS)

test: check $(STAMPS)/ready $(STAMPS)/browser $(STAMPS)/cdk-cli ## Lint, type check and every test (ARGS="tests/local -k s3")
	@echo "» Running the tests"
	@$(if $(ARGS),pytest $(ARGS),tools/every_test.sh)

prove: $(STAMPS)/system layers $(STAMPS)/web $(STAMPS)/cdk-cli $(STAMPS)/image-tools ## Slow proofs: images built and run, all environments deployed to a stand-in (as root)
	@echo "» Proving with the real tools"
	@pytest proofs $(ARGS)

check: $(STAMPS)/python $(STAMPS)/web-packages ## Lint, formatting and types only
	@echo "» Checking style and types"
	@ruff check .
	@ruff format --check --quiet .
	@mypy
	@npm run --silent --prefix web check

format: $(STAMPS)/python $(STAMPS)/web-packages ## Put the sources into the house's form
	@ruff check --fix --quiet . && ruff format .
	@npx --prefix web prettier --log-level warn --write web

synth: $(STAMPS)/python $(STAMPS)/cdk-cli layers $(STAMPS)/web ## Synthesize all environments with the CDK's own command line
	@echo "» Synthesizing the app"
	@infra/cli/node_modules/.bin/cdk synth --quiet --output build/cdk.out
	@cfn-lint $$(find build/cdk.out -name '*.template.json')

ENVIRONMENT ?= dev
deploy: $(STAMPS)/python $(STAMPS)/cdk-cli layers $(STAMPS)/web ## Deploy to AWS with your credentials (ENVIRONMENT=staging)
	@infra/cli/node_modules/.bin/cdk deploy 'Marquee-$(ENVIRONMENT)/*' $(ARGS)

diff: $(STAMPS)/python $(STAMPS)/cdk-cli layers $(STAMPS)/web ## Say what a deployment would change (ENVIRONMENT=staging)
	@infra/cli/node_modules/.bin/cdk diff 'Marquee-$(ENVIRONMENT)/*' $(ARGS) 2>&1

layers: $(STAMPS)/layers ## Build the Lambda layers for arm64, without Docker

bench: $(STAMPS)/ready ## Measure us beside the peers (ARGS="encode --minutes 5")
	@python -m benchmarks $(ARGS)

openapi: $(STAMPS)/python ## Describe the API anew in docs/openapi.json, from its handlers
	@python -m tools.openapi

schemas: $(STAMPS)/python ## Describe the messages anew in docs/schemas, from their models
	@python -m tools.schemas

docs: $(STAMPS)/python layers $(STAMPS)/web ## Make docs/architecture.md and docs/configuration.md anew, from templates and models
	@python -m tools.configuration
	@python -m tools.architecture

audit: $(STAMPS)/python ## Ask PyPI and npm about vulnerabilities of what is locked; list it in build/sbom.cdx.json
	@echo "» Asking about what is locked"
	@python -m tools.audit

doctor: $(STAMPS)/python ## Say what this machine still lacks
	@marquee doctor

clean: ## Remove what was built (films and library in .marquee stay)
	rm -rf build cdk.out web/dist $(STAMPS)

# -- what the commands above stand on ---------------------------------------------------------------

$(STAMPS)/python: requirements.lock pyproject.toml tools/python_environment.sh
	@tools/python_environment.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/system: tools/system_packages.sh
	@tools/system_packages.sh flite tesseract-ocr
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/browser: tools/system_packages.sh
	@tools/system_packages.sh chromium
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/image-tools: tools/system_packages.sh
	@tools/system_packages.sh buildah mmdebstrap
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/web-packages: web/package-lock.json | $(STAMPS)/python
	@echo "» Installing the page's packages"
	@npm ci --prefix web --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web: $(STAMPS)/web-packages $(WEB_SOURCES)
	@echo "» Building the watch page"
	@npm run --silent --prefix web build -- --logLevel warn
	@touch $@

$(STAMPS)/cdk-cli: infra/cli/package-lock.json | $(STAMPS)/python
	@echo "» Installing the CDK's command line"
	@npm ci --prefix infra/cli --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/layers: requirements.lock pyproject.toml infra/layer_build.py infra/bytecode.py infra/lockfile.py $(wildcard layers/dependencies/*/*) | $(STAMPS)/python
	@echo "» Building the Lambda layers (arm64)"
	@python -m infra.layer_build
	@touch $@

$(STAMPS)/assembly: $(PYTHON_SOURCES) cdk.json $(STAMPS)/layers $(STAMPS)/web
	@echo "» Synthesizing the app for this machine"
	@python app.py -c environment=dev
	@touch $@

$(STAMPS)/database: $(wildcard local/database/install*.py) | $(STAMPS)/python
	@echo "» Installing the database engine"
	@python -m local.database.install
	@touch $@

$(STAMPS)/ready: $(STAMPS)/python $(STAMPS)/system $(STAMPS)/assembly $(STAMPS)/database
	@touch $@

.PHONY: lock
lock: $(STAMPS)/python ## Pin the dependencies of pyproject.toml, with hashes
	@uv pip compile pyproject.toml --all-extras --universal --generate-hashes --python-version 3.11 --quiet -o requirements.lock
