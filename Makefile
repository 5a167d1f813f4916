# Everything is set up in the checkout: environments in .venv*, all else in .cache. `make clean` removes them.
# PYTHON=python3.12 chooses the Python of environments that are made anew. ARGS="..." goes to one step's program:
# make unit ARGS="-k token", make sanity ARGS="--test pylint", make integration ARGS=TARGET, make molecule ARGS=SCENARIO.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

STEPS := lint coverage sanity-short integration-short package
MORE_STEPS := sanity integration molecule clients platform acceptance eda faults-short
COMMANDS := help demo test test-all unit $(STEPS) $(MORE_STEPS) keystone mutation faults torture bench matrix importer publication sbom browser java docs build simulator hooks
COMMANDS += pins raise-pins release clean
# Three at a time on two cores: many of these tests wait.
FAULTS := tools/run.sh .venv python -m pytest -p tests.fault_injection.plugin --numprocesses 3 --dist worksteal
.PHONY: $(COMMANDS)

help: ## show this list
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv-runtime/.ready .venv/.simulator ## the whole job, against a local cloud
	@tools/run.sh .venv-runtime tools/demo

test: $(STEPS) ## before a review, 10 minutes at most: linters, unit tests with coverage, the main modules, the tarball
	@tools/summary.sh $(STEPS)

test-all: $(MORE_STEPS) ## what takes longer, about 30 minutes: all of sanity and integration, the role, AWX, other clients
	@tools/summary.sh $(MORE_STEPS)

lint: .venv/.ready ## ruff, yamllint, shellcheck, mypy, antsibull, ansible-lint
	@tools/step.sh $@ tools/lint.sh

unit: .venv/.ready ## the quick tests: pytest tests/unit -m "not slow"
	@tools/step.sh $@ tools/run.sh .venv python -m pytest tests/unit --numprocesses 2 -m "not slow" $(ARGS)

coverage: .venv/.ready ## the slow ones too, measured: 95 % of the branches of plugins/module_utils
	@tools/step.sh $@ tools/coverage.sh $(ARGS)

mutation: .venv-mutation/.ready ## change the planning and retry code; the tests must notice (ARGS=MODULE)
	@tools/mutation.sh $(ARGS)

sanity: .venv/.ready ## ansible-test sanity
	@tools/step.sh $@ tools/sanity.sh $(ARGS)

integration: .venv-runtime/.ready .venv/.simulator ## ansible-test integration against the simulator
	@tools/step.sh $@ tools/integration.sh $(ARGS)

sanity-short: .venv/.ready ## documentation against argument specs, the sanity test that fails most often
	@tools/step.sh $@ tools/sanity.sh --test validate-modules $(ARGS)

integration-short: .venv-runtime/.ready .venv/.simulator ## services and quotas only, in Ansible's own process only
	@tools/step.sh $@ tools/integration.sh vpcep_service vpcep_quota_info $(ARGS)

molecule: .venv/.ready ## molecule scenarios against the simulator
	@tools/step.sh $@ tools/molecule.sh $(ARGS)

clients: .venv-clients/.ready .venv/.simulator ## other people's clients against the simulator: pytest tests/clients
	@tools/step.sh $@ tools/run.sh .venv-clients python -m pytest tests/clients $(ARGS)

keystone: .venv-runtime/.ready ## the login against a real Keystone, on Python 3.11 and newer: pytest tests/keystone
	@tools/step.sh $@ tools/keystone.sh $(ARGS)

platform: .venv-platform/.ready .cache/awx/.ready ## AWX: ansible-runner, ansible-builder, awx.awx: pytest tests/platform
	@tools/step.sh $@ tools/run.sh .venv-platform python -m pytest tests/platform --numprocesses 2 $(ARGS)

acceptance: .venv/.ready .venv-runtime/.ready ## what users do, from outside: pytest tests/acceptance
	@[[ -z $${CI:-} ]] || tools/browser.sh
	@tools/step.sh $@ tools/run.sh .venv python -m pytest tests/acceptance --numprocesses 2 $(ARGS)

eda: .venv-eda/.ready ## rulebooks: ansible-rulebook against the simulator: pytest tests/eda
	@[[ -z $${CI:-} ]] || tools/java.sh
	@tools/step.sh $@ tools/run.sh .venv-eda python -m pytest tests/eda -p tests.fault_injection.plugin --short --numprocesses 2 $(ARGS)

faults: .venv/.ready .venv-runtime/.ready .venv-eda/.ready ## all that can go wrong, and a table of what was lost (ARGS=--thorough)
	@$(FAULTS) tests/fault_injection tests/unit tests/acceptance tests/eda -m fault_injection $(ARGS)

torture: faults

bench: .venv/.simulator .venv-runtime/.ready ## what it costs, as tables of targets and results (ARGS=--quick)
	@tools/run.sh .venv python -m tests.bench $(ARGS)

faults-short: .venv/.ready .venv-runtime/.ready ## less of it
	@tools/step.sh $@ $(FAULTS) tests/fault_injection --short $(ARGS)

docs: .venv-docs/.ready ## guides and reference as an HTML site, into build/docs/html
	@tools/docs.sh

matrix: .venv/.ready .venv-runtime/.ready ## every ansible-core and Python that is supported, as a table in docs/matrix.md
	@PATH=$(CURDIR)/.venv/bin:$$PATH nox --session matrix matrix_page

build: .venv-runtime/.ready ## the collection's tarball, into build/
	@rm -f build/*.tar.gz
	@tools/run.sh .venv-runtime ansible-galaxy collection build --force --output-path build

package: build .venv/.ready ## build, then check the tarball, install it, read its documentation
	@tools/step.sh $@ tools/run.sh .venv python tools/check_package.py build/*.tar.gz .venv-runtime/bin

browser: ## Chromium (by apt) and Mermaid (by npm), without which tests of pictures are skipped; CI does it itself
	@tools/browser.sh

java: ## a Java runtime (by apt), without which tests of rulebooks are skipped; CI does it itself
	@tools/java.sh

importer: build .venv-importer/.ready ## what Galaxy checks when a collection is uploaded
	@tools/step.sh $@ tools/importer.sh build/*.tar.gz

publication: .venv-publication/.ready ## licenses of all files (reuse), GitHub workflows (zizmor, actionlint)
	@tools/step.sh $@ tools/publication.sh

sbom: build .venv-runtime/.ready .venv-publication/.ready ## what the collection needs at run time, in CycloneDX, beside the tarball
	@for tarball in build/*.tar.gz; do tools/run.sh .venv-publication cyclonedx-py environment --output-reproducible \
		--output-file "$${tarball%.tar.gz}.cdx.json" .venv-runtime/bin/python; done

simulator: .venv/.simulator ## a local cloud in the foreground, until Ctrl-C
	@tools/run.sh .venv python -m tests.simulator --clouds-file .cache/clouds.yaml $(ARGS)

hooks: .venv/.ready ## let git run the linters before each commit
	@.venv/bin/pre-commit install

pins: .venv/.ready ## compile requirements/*.in into *.txt, after an edit
	@PATH=$(CURDIR)/.venv/bin:$$PATH nox --session pins

raise-pins: .venv/.ready ## raise all pins to the newest versions that go together
	@PATH=$(CURDIR)/.venv/bin:$$PATH nox --session pins -- --upgrade

release: .venv/.ready .venv-publication/.ready ## VERSION=1.2.3: version, changelog, commit, tag and tarball, or nothing at all
	@.venv/bin/python tools/release.py "$(VERSION)" $(CURDIR)/.venv-publication/bin/python

clean: ## remove environments, caches and builds
	rm -rf .venv .venv-clients .venv-docs .venv-eda .venv-importer .venv-keystone .venv-mutation .venv-platform .venv-publication .venv-runtime .cache .ansible .hypothesis build tests/output changelogs/.plugin-cache.yaml
	rm -rf "$${TMPDIR:-/tmp}/crossvpc-vpcep-$$(id -u)-$$(pwd -P | cksum | cut -d ' ' -f 1)"
	find . -name __pycache__ -prune -exec rm -rf {} +

# The environments: made anew when what they hold changes.
.venv/.simulator: requirements/simulator.txt tools/venv.sh
	@tools/venv.sh .venv $<
	@touch $@

.venv/.ready: requirements/dev.txt .venv/.simulator
	@tools/venv.sh --keep .venv $<
	@touch $@

.venv-%/.ready: requirements/%.txt tools/venv.sh
	@tools/venv.sh .venv-$* $<
	@touch $@

.cache/awx/.ready: requirements/awx.txt tools/awx-collection.sh .venv-platform/.ready
	@tools/awx-collection.sh .venv-platform .cache/awx
	@touch $@
