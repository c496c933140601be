# Every target does the set-up it needs, once. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test chaos fuzz check bench lock schemas map format clean
BIN := .venv/bin
READY := .venv/.ready
WITH_BROKER = @$(BIN)/python -m service.sandbox.broker

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | column -t -s '|'

$(READY): pyproject.toml requirements/dev.lock .make/setup
	@.make/setup

setup: $(READY) ## virtual environment with the locked packages (the other targets do it themselves)
	@:

demo: $(READY) ## invoices and tenders go through, a maintenance comes and goes; KEEP=1 leaves everything running
	$(WITH_BROKER)
	@$(BIN)/piste-relay demo $(if $(KEEP),--keep)

test: $(READY) ## every test, against a private RabbitMQ and the simulator; ARGS="-k parked" narrows, ARGS="-n 0" one by one
	$(WITH_BROKER)
	@$(BIN)/python -m pytest -n 3 --dist=worksteal $(ARGS)

chaos: $(READY) ## a fleet of workers while everything around it breaks, and one table; WORKERS=20 SEED=7 ARGS="-k network"
	$(WITH_BROKER)
	@$(BIN)/python -m pytest tests/chaos -q --chaos=full -n 3 --maxschedchunk=1 --session-timeout=840 \
		--chaos-workers=$(or $(WORKERS),3) $(if $(SEED),--chaos-seed=$(SEED)) $(ARGS)

fuzz: $(READY) ## ten times as much hostile input as in make test; SEED=7 makes another
	$(WITH_BROKER)
	@RELAY_FUZZ_SEED=$(or $(SEED),1) RELAY_FUZZ_MESSAGES=100000 RELAY_FUZZ_SHARE=10 $(BIN)/python -m pytest tests/fuzz $(ARGS)

check: $(READY) ## format, lint, types, import contracts, generated files, manifests
	@.make/check

bench: $(READY) ## the relay against a bare loop and FastStream, its ledgers against each other, ratios printed
	$(WITH_BROKER)
	@.make/bench

lock: ## pin what pyproject.toml allows, with hashes; UPGRADE=1 takes newer versions
	@.make/lock

schemas: $(READY) ## JSON Schemas and asyncapi.yaml, from the models of contracts/
	@$(BIN)/piste-relay contracts --write

map: $(READY) ## the map of modules in README.md and the tables of settings and upstream names, from the code
	@$(BIN)/python .make/map.py

format: $(READY) ## lay the code out as make check wants it
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

clean: ## what can be made again, except the virtual environment
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
