# LenderVote. `make help` lists what there is to do.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
FIGURES ?= yes
# Processes of tests: they wait for blocks half as long as they compute, so that three keep two cores busy.
AT_ONCE ?= 3
# Where tests marked as drills stand; the others need not be read for them.
DRILLED := tests/scripts tests/contracts/test_build.py tests/acceptance tests/backend/case/cases tests/verifier/issuer/test_process.py
# Containers often set this: every process would then compile anew all that it imports, two to four seconds of processor each.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: engine consortium consortium-faults help setup setup-demo wheels release sizes house docs demo demo-once test drills check bench lock clean openapi load bench-gas bench-face bench-face-models bench-liveness bench-queue bench-plan-text bench-outlook bench-flags bench-notices stuffing-drill prove faults bench-recount bench-sealed secrecy bench-evidence bench-import bench-register-tool bench-proofs drill-keys tampers mutate-recount attacks e2e screenshots bombs fuzz fuzz-schemathesis first-case witness-drill simulate-scale

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install Python and npm parts side by side, compile contracts and pages (called by the others)
	@$(PYTHON) -m scripts.build.set_up

setup-demo: ## install what the demo needs, and no more (called by it)
	@$(PYTHON) -m scripts.build.set_up --demo

demo: setup-demo ## run a whole sealed vote, then keep the app running and print its address and logins
	@$(PY) -m scripts.demo --keep

first-case: setup ## a rehearsal and a real poll from an empty folder by the documents alone, in Chromium; the chain's clock is all that is moved (FIRST="--only rehearsal" for one, --folder DIR to keep it)
	@$(PY) -m scripts.first_case $(FIRST)

demo-once: setup-demo ## run a whole vote; exit 0 only if the recount agrees
	@$(PY) -m scripts.demo

test: setup ## run the tests, in any order, three at a time; browsers are in `make e2e`, whole drills in `make drills`; one line of JSON at the end (FIGURES= for none; TEST="--randomly-seed=3" for one order)
	@LENDERVOTE_TEST_FIGURES=$(FIGURES) $(PY) -m pytest -q -n $(AT_ONCE) -m "not drill" --ignore=tests/e2e $(TEST)

drills: setup ## tests that run whole installations or copies of the sources for tens of seconds: faults, load, face queue, attacks, mutants, the compiler
	@$(PY) -m pytest -q -m drill $(DRILLED) $(TEST)

check: setup ## style, types, import rules, contracts without warnings, documents, figures of the house
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@node_modules/.bin/biome check --error-on-warnings
	@node_modules/.bin/tsc --project .
	@node_modules/.bin/tsc --project tsconfig.pages.json
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m scripts.build.contracts
	@$(PY) -m scripts.build.docs
	@$(PY) -m pytest -q tests/house

bench: setup ## measure import, freeze, intake, gas and recount on this machine
	@$(PY) -m scripts.bench

bench-face: setup ## CPU of one session in front of the camera, beside the plain library (PHOTO=..., else a fetched one)
	@test -n "$(PHOTO)" || $(PY) -m scripts.rig.photos var/photos
	@$(PY) -m verifier.face.lab.bench $(or $(PHOTO),var/photos/obama.jpg)

bench-face-models: setup ## the ways of comparing faces side by side: who is refused and who is taken for another, with a model card (FACES=folder of photos; without it a short form on fetched ones, KEEP=file to go on from)
	@test -n "$(FACES)" || $(PY) -m scripts.rig.photos var/photos
	@$(PY) -m verifier.face.lab.models_bench $(if $(FACES),--faces $(FACES) --operations,--few var/photos) $(if $(KEEP),--keep $(KEEP)) $(if $(CARD),--card $(CARD))

bench-liveness: setup ## attacks of each species and willing sessions against both landmarkers (FACES=folder of photos; without it a short form on fetched ones)
	@test -n "$(FACES)" || $(PY) -m scripts.rig.photos var/photos
	@$(PY) -m verifier.face.lab.liveness_bench $(if $(FACES),--faces $(FACES),--few var/photos) $(LIVENESS)

bench-queue: setup ## ballot intake with an idle issuer and while its face queue is full
	@$(PY) -m scripts.bench.queue

bench-import: setup ## import of 50,000 lenders beside an earlier checkout, CSV and XLSX in turn (BESIDE=checkout)
	@$(PY) -m scripts.bench.register_import --beside $(BESIDE)

bench-evidence: setup ## a bundle of a generated chain of 30 days, recounted by both tools: megabytes, seconds, memory (EVIDENCE="--days 1" for less)
	@$(PY) -m scripts.bench.evidence $(EVIDENCE)

bench-proofs: setup ## range proofs of 10,000 lenders made, checked by both recounts' code; a lender's own check in Chromium (LEAVES=100000 for more)
	@$(PY) -m scripts.bench.proofs --leaves $(or $(LEAVES),10000)

bench-register-tool: setup ## the officials' tool on 100,000 claims (CLAIMS=... for more, FORMAT=xlsx)
	@$(PY) -m scripts.bench.register_tool --claims $(or $(CLAIMS),100000) --format $(or $(FORMAT),csv)

bench-plan-text: setup ## planted and honest plans, and how many of each the check of text against payment schedule finds (PLANS="--plans 60" for fewer)
	@$(PY) -m scripts.bench.plan_text $(PLANS)

bench-flags: setup ## faults planted in made registers and polls, and honest ones: how many are found, how many flagged wrongly (FLAGS="--polls 20 --registers 2" for fewer)
	@$(PY) -m scripts.bench.flags $(FLAGS)

bench-outlook: setup ## forecasts of loan books out of time and after two collapses (DATA=folder with LendingClub's finished loans; else on a made book)
	@$(PY) -m scripts.bench.outlook $(if $(DATA),--data $(DATA))

wheels: setup ## build the wheels and the sdist into dist/
	@$(PY) -m scripts.build.wheels

release: setup ## build the files of a release, install each part in a clean environment and try it
	@$(PY) -m scripts.build.release

sizes: setup ## megabytes and seconds of each part in a clean environment (SIZES="--part auditor" for one)
	@$(PY) -m scripts.build.sizes $(SIZES)

docs: setup ## build the documents as pages into var/docs; a link that leads nowhere is an error
	@$(PY) -m scripts.build.docs

house: setup ## figures of the house: circles, sizes of files and functions, rooms, what is declared and imported
	@$(PY) -m scripts.house

openapi: setup ## write docs/openapi.json and docs/api.md again after a change of the API
	@$(PY) -m scripts.build.openapi && $(PY) -m scripts.build.api_table

lock: ## renew all requirements*.lock (needs uv)
	@$(PYTHON) -m scripts.build.locks

clean: ## remove what was built (not var/, which holds data)
	rm -rf build dist out cache backend/web/static/dist .mypy_cache .ruff_cache .pytest_cache

load: setup ## offer ballots at 100 a second, then ten times as many with nonsense among them, and sealed ones at 300 a second, on SQLite and PostgreSQL; beside web3.py (LOAD="--sealed-seconds 10" for less)
	@$(PY) -m scripts.load $(LOAD)

bench-gas: setup ## gas per ballot at a million lenders beside OpenZeppelin's Governor and GovernorBravo
	@$(PY) -m scripts.bench.gas

prove: setup ## prove the contracts: forge, halmos, slither, coverage, mutants (PROVE=long for all numbers)
	@$(PY) -m scripts.build.prove

faults: setup ## faults of processes, clocks, nodes and sealed polls on running installations under load, three or five seeds each (FAULTS="--quick" for a few)
	@$(PY) -m scripts.faults $(FAULTS)

bench-recount: setup ## a recount of 10,000 ballots beside a plain one with web3.py (BALLOTS=... for more)
	@$(PY) -m scripts.bench.recount --ballots $(or $(BALLOTS),10000)

bench-sealed: setup ## 10,000 sealed ballots: a seal in Chromium, counting by the service's counter, a recount beside one of open ones (BALLOTS=100000 for more, SEALED="--rounds 1")
	@$(PY) -m scripts.bench.recount_sealed --ballots $(or $(BALLOTS),10000) $(SEALED)

secrecy: setup ## what is stored of 1,000 sealed ballots before the close: every byte of an installation and of its processes' memory searched for what opens one, and a classifier on all stored fields (BALLOTS=60 for fewer)
	@$(PY) -m scripts.secrecy --ballots $(or $(BALLOTS),1000)

drill-keys: setup ## every subset of 2 of 3 and 3 of 6 trustees opens a poll's key and a register's sealed openings, or is refused, from files alone; and a sealed poll has its result after its backend's database is deleted
	@$(PY) -m scripts.drill_keys

stuffing-drill: setup ## a colluding verifier and relay cast for 20 absent lenders while the backend is silenced; the working group's alarms tell each of them before the result is final
	@$(PY) -m scripts.stuffing

bench-notices: setup ## notices through local providers that lose, throttle, double, delay and forge, with five kills and quiet hours (NOTICES=400000 for all)
	@$(PY) -m scripts.bench.notices --notices $(or $(NOTICES),8000)

tampers: setup ## lies in files, answers of nodes, transactions and papers, each found and named by both recounts; honest polls, none called wrong
	@$(PY) -m scripts.tampers $(TAMPERS)

bombs: setup ## small files that would take gigabytes, thrown at a running installation; memory and time of each (BOMBS="--only paper" for some)
	@$(PY) -m scripts.bombs $(BOMBS)

fuzz: setup ## requests that no client sends, by every role, on both databases, backend and issuer (FUZZ="--requests 2000" for fewer)
	@$(PY) -m scripts.fuzz $(FUZZ)

fuzz-schemathesis: setup ## the same services under schemathesis, in an environment of its own (SCHEMATHESIS="--examples 50" for more)
	@$(PY) -m scripts.fuzz.schemathesis $(SCHEMATHESIS)

attacks: setup ## attacks on the whole system: each works where its mend is taken out of a copy, and fails against the product (ATTACKS="--quick" for a few)
	@$(PY) -m scripts.attacks $(ATTACKS)

mutate-recount: setup ## change the recounts and the officials' tool, one check at a time, and see that a lie or a test notices (MUTATE="--mutants 40" for a few, 0 for all, --doubt to doubt the explained ones)
	@$(PY) -m scripts.mutate_recount $(MUTATE)

engine: setup ## build a validator's program from its Go modules into build/engines; 2 to 8 minutes the first time (needs Go 1.24)
	@$(PY) -m scripts.build.engine

consortium: setup ## four organisations' validators, a whole sealed vote in real time, recounts on each of them (CONSORTIUM="--short" for fewer lenders; needs make engine)
	@$(PY) -m scripts.consortium vote $(CONSORTIUM)

consortium-faults: setup ## validators killed, hung, cut off, lying or restored from an old copy while a vote runs there (needs make engine)
	@$(PY) -m scripts.consortium faults

simulate-scale: setup ## a million lenders in one poll, a thousand polls, twenty backends on one PostgreSQL: blocks, gas, storage, questions, and what breaks first (SCALE="--no-database" for the calculation alone)
	@$(PY) -m scripts.scale $(SCALE)

witness-drill: setup ## a vote's chain is made anew five times with all keys: stamps and a witness name each, the witness alarms (WITNESS="--stories 12" for more)
	@$(PY) -m scripts.witness_drill $(WITNESS)

e2e: setup ## every role's journey in Chromium; screens, taps, kilobytes and axe-core's findings; pictures in var/screenshots
	@# One at a time: seconds are measured here, and cameras are watched.
	@LENDERVOTE_E2E_FIGURES=$(FIGURES) $(PY) -m pytest -q -n 0 tests/e2e $(TEST)

screenshots: setup ## journeys of lenders and desks once more, and their pictures into docs/pictures
	@$(PY) -m pytest -q -n 0 tests/e2e/test_lender.py tests/e2e/test_obstacles.py tests/e2e/test_offices.py tests/e2e/test_passkeys.py
	@$(PY) -m scripts.build.pictures
