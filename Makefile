# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo serve test unit browser translations lint format bench bench-registry bench-scan crash fuzz clean

demo: $(READY)          ## render a registry and photographs, search them all, write out/demo/report.html
	$(BIN)/python -m heritage.demo out/demo

serve: $(READY)         ## the web page and the API on http://127.0.0.1:8000, over the demo's registry if it is there
	$(BIN)/heritage $(if $(HERITAGE_HOME),,$(if $(wildcard out/demo/home),--home out/demo/home)) serve

# axe-core finds accessibility faults in the pages; its licence (MPL-2.0) is not ours, so it is fetched for tests alone.
AXE_VERSION := 4.10.3
AXE_SHA256 := 0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292
AXE := out/axe/axe.min.js

# Tests run side by side, one a core: threads that spin for each other would take ten times as long.
test unit browser: export OMP_NUM_THREADS = 1

test: $(READY) | axe    ## every test; those that need photographs we may not ship, or a browser, say why they are skipped
	$(BIN)/pytest $(PARALLEL) tests/unit
	$(BIN)/pytest $(PARALLEL) tests --ignore=tests/unit

unit: $(READY)          ## the tests that need seconds: no torch, no database, no other process
	$(BIN)/pytest $(PARALLEL) tests/unit

browser: $(READY) | axe ## the pages in a real Chromium, installed where there is none and we may; pictures in out/browser
	@command -v chromium > /dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -qq -y chromium; } \
		|| echo "no Chromium, and none can be installed: the tests will say so"
	$(BIN)/pytest $(PARALLEL) -rs --pictures tests/browser

translations: $(READY)  ## bring new sentences into the catalogs of the other languages
	$(BIN)/python scripts/translations.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)         ## regenerate docs/evaluation.md from the data sets in DATA=, or measure the demo; AGAINST=, PAD=; COUNT= scans
	$(BIN)/python scripts/benchmark.py $(DATA) --page $(if $(DATA),docs/evaluation.md,out/evaluation.md) \
		$(if $(AGAINST),--against $(AGAINST)) $(if $(PAD),--pad $(PAD))
	$(if $(COUNT),$(MAKE) --no-print-directory bench-scan COUNT=$(COUNT))

bench-registry: $(READY) ## import 50,000 generated records and search them by criteria; TABLE= imports another table
	$(BIN)/python scripts/registry_benchmark.py $(if $(TABLE),--table $(TABLE))

crash: $(READY)         ## kill -9 in the middle of ingest, imports, index builds, fills, scans and alerts, many times, and compare
	$(BIN)/python scripts/crash.py --rounds 40
	$(BIN)/python scripts/crash_import.py
	$(BIN)/python scripts/crash_scan.py
	$(BIN)/python scripts/crash_watch.py

bench-scan: $(READY)    ## scan 500 generated listings, and compare with the bare stages; COUNT=10000 of them, among as many records
	$(BIN)/python scripts/scan_benchmark.py $(if $(COUNT),--listings $(COUNT) --registered $(COUNT))

fuzz: $(READY)          ## what nobody should send, many generated examples, 10,000 damaged pictures; SEED= repeats a run
	$(BIN)/pytest -n 2 --hypothesis-profile many tests/unit
	$(BIN)/python scripts/fuzz.py $(if $(SEED),--seed $(SEED))

clean:
	rm -rf .venv out

# Where npm cannot be asked, the tests that need it are skipped and say so.
.PHONY: axe
axe:
	@[ -f $(AXE) ] || { mkdir -p $(dir $(AXE)) && cd $(dir $(AXE)) && npm pack --silent axe-core@$(AXE_VERSION) > /dev/null \
		&& echo "$(AXE_SHA256)  axe-core-$(AXE_VERSION).tgz" | sha256sum --check --status \
		&& tar xzf axe-core-$(AXE_VERSION).tgz --strip-components 1 package/axe.min.js; } || echo "no axe-core: npm gave none"

# Set up once, and again only when the lock or the package's own declaration changes.
$(READY): constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)
