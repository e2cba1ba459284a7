# POSIX make and sh. Settings of a run are given as `make e2e FOCUS="…"` or in the environment.
.POSIX:

GO = go
PACKAGES = ./mockauth0/... ./fixtures/... ./web ./e2e/...
# Without those that start a browser; `make harness` and `make docs` run them.
UNIT = $$($(GO) list ./mockauth0/... ./fixtures/... ./web ./e2e/... | grep -v -e /mockauth0/browser -e /mockauth0/internal/appdrive -e /e2e/docs -e '/e2e$$')
# The packages that the race detector watches in .ci/run: what many requests share, and the server that they all go through
# (RACED='./mockauth0/...' for all).
RACED = ./mockauth0 $$($(GO) list ./mockauth0/internal/... | grep -E '/(control|directory|eventlog|grant|httpx|keys|session|state)$$')
# go test, for targets that select tests by name or package: it fails when none ran.
GOTEST = $(GO) run ./e2e/gotest
GINKGO = $(GO) run github.com/onsi/ginkgo/v2/ginkgo
GOLANGCI_VERSION = v2.15.0
GOLANGCI = .tools/bin/golangci-lint-$(GOLANGCI_VERSION)
GORELEASER_VERSION = v2.15.1
GORELEASER = .tools/bin/goreleaser-$(GORELEASER_VERSION)
SDK = web/node_modules/.package-lock.json
SDKS = web/node_modules/.with-those-of-the-specs
SERVER_SDKS = e2e/servers/node_modules/.package-lock.json
# What the React app is built with; and the app, twice: with refresh tokens in memory, and with a hidden frame.
REACT_SDK = web/apps/node_modules/.with-react
REACT_APP = web/apps/react/dist-frame/index.html
# What all apps are built with, and all of them.
APPS_SDKS = web/apps/node_modules/.with-all
ALL_APPS = web/apps/node_modules/.all-built
# What builds and tests the npm packages, and the tarballs that this machine runs.
NPM_TOOLS = web/npm/node_modules/.package-lock.json
NPM_BINARY = "$$(ls -d "$$PWD"/../../.build/npm/packages/*-*/bin/mockauth0* | head -n 1)"
EXAMPLE = web/examples/playwright/node_modules/.package-lock.json
PLATFORMS = all
TARGETS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
PYTHON = python3
PYTHON_SDKS = e2e/servers/python/venv/.installed
# Bytes of the stripped binary. About 2.7 million are Prometheus' client library, whose metrics are protocol buffers.
BINARY_LIMIT = 23600000

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: build $(SDK) ## the tutorial: tenant, sample apps, silent page and API (ARGS="--token-lifetime 10s")
	@exec .build/mockauth0 run $(ARGS)

open: build ## the sample app in a browser that trusts the CA (COOKIES=allowed|blocked|default, URL=…)
	@exec .build/mockauth0 open --cookies "$${COOKIES:-default}" $${URL:+"$$URL"}

reproduce: build $(SDKS) ## a failure of the catalogue in a browser (SCENARIO=web-origin-missing, ARGS="--sdk spa-js-2")
	@exec .build/mockauth0 reproduce "$${SCENARIO:?say which one: make reproduce SCENARIO=web-origin-missing; .build/mockauth0 scenarios lists them}" $(ARGS)

build: ## build the command, .build/mockauth0
	@.ci/check-tools go
	@mkdir -p .build
	$(GO) build -trimpath -o .build/mockauth0 ./mockauth0/cmd/mockauth0

test: unit browser $(SDKS) $(REACT_APP) $(NPM_TOOLS) $(EXAMPLE) ## every test: unit, harness, docs, npm-test, examples and e2e; installs what is missing
	@MAKE='$(MAKE)' .ci/beside "harness docs" "npm-test examples"
	@$(MAKE) --no-print-directory e2e

unit: ## every Go test that needs no browser
	@.ci/check-tools go
	$(GO) test $(UNIT)

race: ## the tests of what many requests share, with the race detector (make e2e RACE=1: browser specs)
	@.ci/check-tools go
	$(GO) test $$(.ci/race) $(RACED)

harness: browser $(SDKS) ## tests of the packages that drive a browser
	@.ci/check-tools go
	MOCKAUTH0_REQUIRE_BROWSER=1 $(GOTEST) ./mockauth0/browser/... ./mockauth0/internal/appdrive/...

e2e: browser $(if $(APP)$(APP_URL),build,$(SDKS) $(SERVER_SDKS) $(REACT_APP)) ## the browser suite (LABELS, FOCUS, HEADED=1; SHARD=2/5: a fifth), or the check of your own app (APP=app.yaml, APP_URL); writes .e2e/junit.xml
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' .ci/e2e

apps: browser $(SDKS) $(SERVER_SDKS) $(ALL_APPS) ## builds all apps of web/apps; check and reproduce say of them what the tables expect (LABELS=mutants: whole checks of mutants)
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' APPS=1 LABELS="$${LABELS:-apps || verdict}" .ci/e2e

e2e-sdk: browser $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## only the specs of the SDKs, in the browser and on servers
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' LABELS="$${LABELS:-sdk}" .ci/e2e

e2e-python: browser $(SDKS) $(SERVER_SDKS) $(REACT_APP) $(PYTHON_SDKS) ## the specs of Python's clients, which need Python with venv
	@.ci/check-tools go
	MOCKAUTH0_REQUIRE_BROWSER=1 $(GOTEST) -tests=TestE2E -tags python ./e2e -ginkgo.label-filter sdk-python -ginkgo.fail-on-empty

matrix: ## e2e/SUPPORT.md, the SDKs that work, from the latest run of e2e or e2e-sdk (CHECK=1: only compare)
	@.ci/check-tools go
	$(GO) run ./e2e/tables/cmd $${CHECK:+-check} matrix .e2e/report.json e2e/SUPPORT.md

catalogue: ## the tables of fixtures/scenarios/README.md, from the scenario files (CHECK=1: only compare)
	@.ci/check-tools go
	$(GO) run ./e2e/tables/cmd $${CHECK:+-check} catalogue fixtures/scenarios/README.md

fidelity: ## mockauth0/FIDELITY.md, from mockauth0/testdata/facts.yaml (CHECK=1: only compare)
	@.ci/check-tools go
	$(GO) run ./e2e/tables/cmd $${CHECK:+-check} fidelity mockauth0/testdata/facts.yaml mockauth0/FIDELITY.md

e2e-whole: browser $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## the whole browser suite REPEAT times (5), each in another order; one failure ends it, its evidence stays in .e2e
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' REPEAT="$${REPEAT:-5}" .ci/e2e-whole

e2e-elsewhere: $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## the renewal specs (LABELS: others) with a browser in another network namespace (BROWSER=chromium-headless-shell); as root
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' LABELS="$${LABELS:-renewal}" .ci/e2e-elsewhere

e2e-merge: ## the reports of all shards of a run, and e2e/SUPPORT.md (SHARDS: the folders that were each one's .e2e; CHECK=1: only compare the document)
	@.ci/check-tools go
	$(GO) run ./e2e/shards/cmd merge .e2e $(SHARDS)
	@if [ -z "$(LABELS)$(FOCUS)" ]; then $(MAKE) matrix; else echo "e2e/SUPPORT.md is left as it is: the run was of some specs only"; fi

e2e-times: ## e2e/times.tsv, by which shards are balanced, from the latest run of e2e or e2e-merge
	@.ci/check-tools go
	$(GO) run ./e2e/shards/cmd times .e2e e2e/times.tsv

docs: browser $(SDKS) ## links, citations and examples of the documents, also those that start a browser
	@.ci/check-tools go
	MOCKAUTH0_REQUIRE_BROWSER=1 $(GO) test ./e2e/docs -count=1 -v

e2e-offline: browser $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## the renewal specs (LABELS: others) on a machine whose only interface is loopback, by unshare -n
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' LABELS="$${LABELS:-renewal}" .ci/e2e-offline

e2e-repeat: browser $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## the core of the renewal specs REPEAT times (200; LABELS=renewal: all of them); one failure ends it
	@.ci/check-tools go
	@GINKGO='$(GINKGO)' LABELS="$${LABELS:-renewal && core}" REPEAT="$${REPEAT:-200}" RACE="$${RACE-1}" .ci/e2e

bench: ## measure the speed of renewals and grants, start-up, memory and size (ARGS='-focus refresh')
	@.ci/check-tools go
	@mkdir -p .build
	@[ -n "$(ARGS)" ] || $(GOTEST) -run '^$$' -bench '^Benchmark(Seams|RenewalAndPlan)$$' ./mockauth0/internal/faults ./mockauth0
	@[ -n "$(ARGS)" ] || $(GOTEST) -run '^$$' -bench '^BenchmarkEventFlood$$' -benchtime 1x ./mockauth0
	$(GO) build -trimpath -ldflags='-s -w' -o .build/mockauth0-stripped ./mockauth0/cmd/mockauth0
	$(GO) run ./e2e/bench -binary .build/mockauth0-stripped $(ARGS)

mutate: $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## apply each mutation of e2e/mutations to a copy of the tree; its test must fail (FOCUS=part of subject/name)
	@.ci/check-tools go git
	$(GO) run ./e2e/mutate $${FOCUS:+-focus "$$FOCUS"} e2e/mutations

reword: ## give every description and private cause other words in a copy of the tree: the diagnosis must say the same
	@.ci/check-tools go git
	$(GO) run ./e2e/mutate -reword mockauth0 ./mockauth0/internal/diagnose

diagnose: browser $(SDKS) $(SERVER_SDKS) $(REACT_APP) ## how often the tenant names the right cause first: each alone, and PAIRS (120) pairs of them by SEED (4)
	@.ci/check-tools go
	$(GOTEST) -tests=TestTheTenantSaysWhyARenewalFailed,TestTwoCausesAtOnce,TestHealthyRunsHaveNoDiagnosis,TestParallelBrowsersAreHealthy ./mockauth0/internal/diagnose -count=1 -v -healthy 10m -pairs "$${PAIRS:-120}" -pairseed "$${SEED:-4}"
	@GINKGO='$(GINKGO)' LABELS=pairs PAIRS="$${PAIRS:-120}" SEED="$${SEED:-4}" .ci/e2e

# To make large inputs smaller, Go takes up to a minute for each: in two minutes FuzzScenario ran 100 inputs, and now runs 50000.
fuzz: ## each fuzz target for FUZZTIME (10s)
	@.ci/check-tools go
	@targets=0; \
	for package in $$($(GO) list $(UNIT)); do \
		for target in $$($(GO) test -list '^Fuzz' "$$package" | grep '^Fuzz'); do \
			echo "$$package $$target"; targets=$$((targets + 1)); \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime "$${FUZZTIME:-10s}" -fuzzminimizetime 100x "$$package" || exit 1; \
		done; \
	done; \
	[ "$$targets" -gt 0 ] || { echo "fuzz: no target was found" >&2; exit 1; }

flood: ## a tenant that strangers flood, and one whose stderr nobody reads, at full length (make unit sends a part)
	@.ci/check-tools go
	$(GOTEST) -tests=TestStrangersCannotFillTheMemory,TestNobodyReadsStderr ./mockauth0/internal/cli -count=1 -v -atlength

property: ## the state machines of sessions and refresh token families, CHECKS (10000) random runs of each
	@.ci/check-tools go
	$(GOTEST) -tests=TestSessionsAsStateMachines,TestGrantsAsStateMachines $$(.ci/race) ./mockauth0/internal/session ./mockauth0/internal/grant -count=1 -timeout 2h -rapid.checks="$${CHECKS:-10000}"

vet: ## go vet and gofmt
	@.ci/check-tools go
	$(GO) vet $(PACKAGES)
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l) && \
		if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:" >&2; echo "$$unformatted" >&2; exit 1; fi

lint: $(GOLANGCI) ## golangci-lint with .golangci.yml
	$(GOLANGCI) run $(PACKAGES)

size: ## check that the stripped binary stays under its limit of 23.6 MB
	@.ci/check-tools go
	@mkdir -p .build
	$(GO) build -trimpath -ldflags='-s -w' -o .build/mockauth0-stripped ./mockauth0/cmd/mockauth0
	@bytes=$$(($$(wc -c <.build/mockauth0-stripped))); echo "$$bytes bytes of at most $(BINARY_LIMIT)"; [ "$$bytes" -le $(BINARY_LIMIT) ]

release-check: $(GORELEASER) ## goreleaser checks .goreleaser.yaml; the first time it is built, which takes minutes
	$(GORELEASER) check

reproducible: ## two builds of this commit, in two places, are the same bytes (OS=darwin ARCH=arm64: those of another platform)
	@.ci/check-tools go git
	@.ci/reproducible

container: ## what the image of mockauth0/Dockerfile does, in an empty root without a container engine; as root
	@.ci/check-tools go node
	@.ci/container

platforms: ## the binary builds, without C, for each operating system and processor that mockauth0 supports (TARGETS="darwin/arm64": only these; CHECK=1: type-check only, in a sixth of the time)
	@.ci/check-tools go
	@if [ -n "$${CHECK:-}" ]; then \
		exec $(GO) run ./e2e/platforms "$$(echo $(TARGETS) | tr ' ' ,)" ./mockauth0/... ./fixtures/... ./web; \
	fi; \
	for target in $(TARGETS); do \
		echo "$$target"; \
		CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -o /dev/null ./mockauth0/cmd/mockauth0 || exit 1; \
	done; \
	echo "go vet for windows"; CGO_ENABLED=0 GOOS=windows $(GO) vet ./mockauth0/... ./fixtures/... ./web

npm: $(NPM_TOOLS) ## the npm packages, as tarballs in .build/npm (PLATFORMS=host: only what this machine runs)
	@.ci/check-tools go node npm
	node web/npm/build.mjs --platforms "$(PLATFORMS)"

npm-host: $(NPM_TOOLS)
	@.ci/check-tools go node npm
	node web/npm/build.mjs --platforms host

npm-test: npm-host ## builds the npm packages for this machine, installs them without a network, and tests them
	cd web/npm && node --test test/*.test.mjs

npm-jest: npm-host ## the set-up for Jest with Jest itself, which comes from the network
	npm install --prefix .build/jest --no-audit --no-fund --ignore-scripts jest@30.5.2
	cd web/npm && MOCKAUTH0_JEST="$$PWD/../../.build/jest/node_modules/jest" node --test --test-name-pattern Jest test/runners.test.mjs

examples: browser npm-host $(EXAMPLE) $(REACT_APP) $(SDKS) ## the Playwright example, and the clock of its fixture (ARGS="--headed")
	cd web/examples/playwright && npm install --offline --no-save --no-audit --no-fund ../../../.build/npm/*.tgz >/dev/null && npx playwright test $(ARGS)
	cd web/npm && MOCKAUTH0_BINARY=$(NPM_BINARY) npx playwright test -c test/browser --grep 'frame: a countdown|jump|loads itself|one time|failed test'

npm-repeat: browser npm-host $(EXAMPLE) $(REACT_APP) $(SDKS) ## the Playwright example REPEAT times (200), and days of renewals; one failure ends it
	cd web/examples/playwright && npm install --offline --no-save --no-audit --no-fund ../../../.build/npm/*.tgz >/dev/null && \
		npx playwright test --max-failures 1 --reporter line --repeat-each "$${REPEAT:-200}"
	cd web/npm && MOCKAUTH0_BINARY=$(NPM_BINARY) npx playwright test -c test/browser --max-failures 1 --repeat-each 10

check-tools: ## check that go, make, git, node and npm are here and new enough
	@.ci/check-tools go make git node npm

clean: ## remove what the other targets made
	rm -rf .build .tools .e2e web/node_modules web/apps/node_modules web/apps/*/dist web/apps/*/dist-frame \
		web/apps/*/.next web/apps/*/.angular
	rm -rf e2e/servers/node_modules e2e/servers/python/venv web/npm/node_modules web/examples/*/node_modules

downloads: browser $(SDKS) $(SERVER_SDKS) $(REACT_SDK) $(NPM_TOOLS) $(EXAMPLE) ## what the tests need from the network: a browser, the SDKs, Go modules
	@.ci/check-tools go
	$(GO) mod download

browser:
	@.ci/browser

# The sample apps need one SDK of the many. No package needs its install script, so none runs.
$(SDK): web/package.json web/package-lock.json
	@.ci/check-tools node npm
	cd web && npm ci --no-audit --no-fund --ignore-scripts --omit=dev
	@touch $(SDK)

$(SDKS): web/package.json web/package-lock.json
	@.ci/check-tools node npm
	cd web && npm ci --no-audit --no-fund --ignore-scripts
	@touch $(SDK) $(SDKS)

$(REACT_SDK): web/apps/package-lock.json
	@.ci/check-tools node npm
	cd web/apps && npm ci --no-audit --no-fund --ignore-scripts --workspace api --workspace react
	@touch $(REACT_SDK)

$(REACT_APP): $(REACT_SDK) web/apps/react/index.html web/apps/react/vite.config.js $(wildcard web/apps/react/.env web/apps/react/.env.frame web/apps/react/src/*)
	cd web/apps && npm run --silent build --workspace react
	@touch $(REACT_APP)

$(APPS_SDKS): web/apps/package-lock.json
	@.ci/check-tools node npm
	cd web/apps && npm ci --no-audit --no-fund --ignore-scripts
	@touch $(REACT_SDK) $(APPS_SDKS)

# What npm is about to replace is no source: node_modules has a folder ipaddr.js.
$(ALL_APPS): $(APPS_SDKS) $(filter-out web/apps/node_modules/%,$(wildcard web/apps/*/package.json web/apps/*/*.js web/apps/*/*.json \
	web/apps/*/.env web/apps/*/*.html web/apps/*/src/* web/apps/*/app/* web/apps/*/app/api/orders/* web/apps/*/lib/*))
	cd web/apps && NEXT_TELEMETRY_DISABLED=1 npm run --silent build --workspaces --if-present
	@touch $(REACT_APP) $(ALL_APPS)

$(NPM_TOOLS): web/npm/package.json web/npm/package-lock.json
	@.ci/check-tools node npm
	cd web/npm && npm ci --no-audit --no-fund --ignore-scripts
	@touch $(NPM_TOOLS)

$(EXAMPLE): web/examples/playwright/package.json web/examples/playwright/package-lock.json
	@.ci/check-tools node npm
	cd web/examples/playwright && npm ci --no-audit --no-fund --ignore-scripts
	@touch $(EXAMPLE)

$(SERVER_SDKS): e2e/servers/package.json e2e/servers/package-lock.json
	@.ci/check-tools node npm
	cd e2e/servers && npm ci --no-audit --no-fund --ignore-scripts
	@touch $(SERVER_SDKS)

$(PYTHON_SDKS): e2e/servers/python/requirements.txt
	$(PYTHON) -m venv e2e/servers/python/venv
	e2e/servers/python/venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r e2e/servers/python/requirements.txt
	@touch $(PYTHON_SDKS)

$(GOLANGCI):
	@.ci/check-tools go
	@echo "building golangci-lint $(GOLANGCI_VERSION), once; it takes two minutes"
	@mkdir -p .tools/bin
	GOBIN="$$PWD/.tools/bin" $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv .tools/bin/golangci-lint $(GOLANGCI)

$(GORELEASER):
	@.ci/check-tools go
	@mkdir -p .tools/bin
	GOBIN="$$PWD/.tools/bin" $(GO) install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)
	@mv .tools/bin/goreleaser $(GORELEASER)

.PHONY: release-check reproducible container
.PHONY: help run open reproduce build test apps unit race harness downloads docs e2e e2e-sdk e2e-python matrix catalogue fidelity e2e-elsewhere e2e-merge e2e-times e2e-offline e2e-whole e2e-repeat bench mutate reword diagnose fuzz flood property vet lint size platforms npm npm-host npm-jest npm-test npm-repeat examples check-tools clean browser
