# Everything a person or CI does here, one target each. `make deploy` needs Python 3.11+, Node 20+ and make.
#
#   TARGET=local  (default) the embedded AWS on 127.0.0.1: no account, no credentials
#   TARGET=aws    the account of your own credentials and profile

TARGET ?= local
PYTHON ?= python3
STACKS ?= --all
# For the tests: more than there are cores, because many tests wait for CloudFormation. Each needs 1 GB.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(6, 3 * (os.cpu_count() or 1)))')
UNITS := tests/cdk_personalize tests/personalize_provider tests/personalize_local

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PYTHONPATH := $(CURDIR)/local
# Some shells set it, and then each process of the tests compiles every module that it imports.
unexport PYTHONDONTWRITEBYTECODE
# Node 20 works, and three programs fill the screen to say that it is old. Both jsii variables list versions.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION := 20
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED := true
export CDK_DISABLE_CLI_TELEMETRY := true

LOCAL := .venv/bin/python -m personalize_local
# Each has all of the one before it. A deploy needs a small part of what the tests need.
DEPLOY_TOOLS := .venv/.local node_modules/.installed
TEST_TOOLS := .venv/.test node_modules/.installed

ifeq ($(TARGET),local)
  # Runs nothing when no local AWS answers, and hides the user's profile and settings from the command.
  RUN := $(LOCAL) exec --
  ACCOUNT := local-aws
  PREPARED := bootstrap
  # Named, so that the CLI need not synthesize the app to find out.
  ENVIRONMENT := aws://000000000000/us-east-1 --app ''
  LEFT := $(LOCAL) leftovers || true; \
    echo "Here: make destroy again, or make stop."
  # The CDK's validation of the template is two thirds of a synthesis. `make synth` and the tests have it.
  deploy diff destroy: export CDK_VALIDATION := false
else ifeq ($(TARGET),aws)
  RUN :=
  LEFT := echo "What is left, for each stack that is named above:"; \
    echo "  aws cloudformation describe-stack-events --stack-name NAME --query \"StackEvents[?ResourceStatus=='DELETE_FAILED'].[LogicalResourceId,ResourceStatusReason]\""; \
    echo "Mend what the reasons say. make destroy TARGET=aws goes on from there."
else
  $(error TARGET=$(TARGET) is not known: use TARGET=local (the default) or TARGET=aws)
endif
CDK := $(RUN) cdk
# One for each target: what is in the local AWS must never be destroyed in an account.
RECOMMENDER := build/recommender-$(TARGET)

.PHONY: help setup deploy deploy-recommender bootstrap diff synth destroy local stop local-aws \
	test unit soak bench conformance lint format dist template docs clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: .venv/.dev node_modules/.installed  ## Install everything that the other targets need

deploy: $(DEPLOY_TOOLS) $(PREPARED)  ## Deploy the reference app (TARGET=aws for a real account)
	$(CDK) deploy $(STACKS) --require-approval never --no-notices

# Its assembly stays in build/, so that `make destroy` finds it and need not synthesize.
deploy-recommender: $(DEPLOY_TOOLS) $(PREPARED)  ## Deploy the example recommender, run its pipeline, get recommendations
ifeq ($(TARGET),local)
	@$(LOCAL) start --time-scale 1200
else
	@echo "This bills your account: two runs train two versions each, for an hour or more in all, and the campaign"
	@echo "is billed for one transaction per second from its creation until make destroy TARGET=aws."
	@echo "Prices: https://aws.amazon.com/personalize/pricing/"
	@printf 'Type yes to go on: '; read answer; [ "$$answer" = yes ] || { echo "Nothing was deployed."; exit 1; }
endif
	PYTHONPATH=constructs:lambda:local $(CDK) deploy --all --app '$(CURDIR)/.venv/bin/python examples/recommender/app.py' \
		--output $(RECOMMENDER) --require-approval never --no-notices
	$(RUN) .venv/bin/python examples/recommender/run.py

bootstrap: $(DEPLOY_TOOLS) $(ACCOUNT)  ## Prepare the account for the CDK, once; local deploys do it themselves
	$(CDK) bootstrap $(ENVIRONMENT) --no-notices

diff: $(DEPLOY_TOOLS) $(PREPARED)  ## Show what a deploy would change
	$(CDK) diff $(STACKS) --no-notices

synth: $(DEPLOY_TOOLS)  ## Write the CloudFormation template to cdk.out
	cdk synth $(STACKS) --quiet --no-notices

destroy: $(DEPLOY_TOOLS) $(ACCOUNT)  ## Delete the deployed stacks and stop the local AWS
	@{ if [ -d $(RECOMMENDER) ]; then \
			$(CDK) destroy --all --app $(RECOMMENDER) --force --no-notices && rm -rf $(RECOMMENDER); fi && \
		$(CDK) destroy $(STACKS) --force --no-notices; } || { \
		status=$$?; echo "The destroy did not end well."; $(LEFT); exit $$status; }
ifeq ($(TARGET),local)
	$(LOCAL) leftovers
	$(LOCAL) stop
endif

local: $(DEPLOY_TOOLS)  ## Run the local AWS in the foreground
	$(LOCAL) serve

stop:  ## Stop the local AWS and discard its state
	@if [ -x .venv/bin/python ]; then $(LOCAL) stop; else echo "No local AWS runs here."; fi

local-aws: $(DEPLOY_TOOLS)
	@$(LOCAL) start

# Otherwise each worker would build the asset, and in a fresh clone compile all modules.
test: $(TEST_TOOLS)  ## Run all tests
	@.venv/bin/python lambda/build_asset.py > /dev/null
	@test -d .pytest_cache || pytest --collect-only -q $(PYTEST_ARGS) > /dev/null 2>&1 || true
	pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

unit: $(TEST_TOOLS)  ## Run the tests of the three packages that start no processes: half a minute
	pytest -n auto --dist worksteal -m 'not process' $(UNITS) $(PYTEST_ARGS)

soak: $(TEST_TOOLS)  ## Run the long reliability tests: SEQUENCES=10000 random sequences of deploys, and every fault
	.venv/bin/python tests/reliability/soak.py --sequences $(or $(SEQUENCES),10000)
	FAULT_MATRIX=all pytest -n auto --dist worksteal tests/faults

bench: $(TEST_TOOLS)  ## Run the benchmarks and write docs/performance.md; PARTS="start imports" runs only these
	PYTHONPATH=.:constructs:lambda:local:tests .venv/bin/python -m bench $(PARTS)

# The local run has its own server, so that it doesn't use or stop the one of `make deploy`. The shell
# outlives Ctrl-C, which the run answers by deleting what it created.
conformance: .venv/.local  ## Ask Amazon Personalize what the project relies on; TARGET=aws asks your account, for free
ifeq ($(TARGET),local)
	@$(LOCAL) start --state-dir build/.conformance
	@trap : INT; $(LOCAL) exec --state-dir build/.conformance -- python -m conformance local $(ARGS); \
		status=$$?; $(LOCAL) stop --state-dir build/.conformance; exit $$status
else
	@.venv/bin/python -m conformance aws $(ARGS)
endif

# The wheel is built from the sdist. Without SOURCE_DATE_EPOCH the files bear a date that never changes.
dist: $(TEST_TOOLS)  ## Build the sdist and the wheel, in dist/
	rm -rf dist
	env -u SOURCE_DATE_EPOCH uv build --quiet --python .venv/bin/python
	@wc -c dist/*.tar.gz dist/*.whl
	@echo "Install it with all extras, or with those that you need: pip install '$$(echo $(CURDIR)/dist/*.whl)[cli,local,testing]'"

template: $(DEPLOY_TOOLS)  ## Write the provider for plain CloudFormation to dist/: a template and a zip
	.venv/bin/python plain/build.py dist

lint: $(TEST_TOOLS)  ## Check format, style and types without changing files
	ruff format --check .
	ruff check .
	mypy
	mypy app.py hatch_build.py lambda/build_asset.py plain/build.py tests/support bench conformance docs/_site
	for example in examples/*/; do MYPYPATH=$$example mypy --no-error-summary $$example || exit 1; done

format: $(TEST_TOOLS)  ## Format the code and fix lint errors
	ruff format .
	ruff check --fix .

# The second variable silences what the theme says of other builders at each build.
docs: $(TEST_TOOLS)  ## Regenerate the generated pages and build the site in build/site
	RECIPE_PAGE=update PLAIN_REFERENCE=update pytest -q \
		tests/docs/test_recipe_page.py tests/docs/test_plain_cloudformation.py
	NO_MKDOCS_2_WARNING=true mkdocs build --strict --quiet
	@echo "Open $(CURDIR)/build/site/index.html, or serve it, which the search needs: .venv/bin/mkdocs serve"

clean:  ## Stop the local AWS and remove everything that make created
	@$(MAKE) --no-print-directory stop
	rm -rf .venv node_modules build dist cdk.out .local-aws .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs in seconds what takes pip a minute. What it installs is compiled when it is first imported.
.venv/.local: requirements.txt
.venv/.test: requirements.txt requirements-local.txt requirements-docs.txt
.venv/.dev: requirements.txt requirements-local.txt requirements-docs.txt requirements-test.txt
.venv/.%: requirements-%.txt .venv/.created
	@echo "Installing $< into .venv"
	.venv/bin/uv pip install --python .venv/bin/python -r $<
	@touch $@

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo not there)."; \
		echo "Name one that you have: make $(or $(MAKECMDGOALS),deploy) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --disable-pip-version-check --quiet $$(grep '^uv==' requirements-local.txt)
	@touch $@

node_modules/.installed: package.json package-lock.json
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null \
		|| { echo "Node.js 20 or newer is needed, best 22: https://nodejs.org"; exit 1; }
	@echo "Installing the CDK CLI into node_modules"
	npm ci --no-audit --no-fund --loglevel error
	@touch $@
