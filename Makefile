# Everything a newcomer or a developer runs. Each target brings what it is missing first (YES=1: without asking).

SHELL := /bin/bash
SETUP := python3 scripts/setup.py
PYTHON_IN_TREE := .venv/bin/python
WHERE := $(if $(PREFIX),--prefix '$(abspath $(PREFIX))') $(if $(DESTDIR),--destdir '$(abspath $(DESTDIR))')
ROOMS := $(wildcard protocol shm colors guid guiagent tests bench scripts)

.PHONY: help setup demo pictures tour run install uninstall dist deb test test-wheel test-deb test-vm test-vm-pvh parity check format bench apps clean

help:
	@echo "make setup             install what is missing: Debian packages and .venv"
	@echo "make demo              three qubes, six windows, on your desktop or in build/demo/desktop.png"
	@echo "make run ARGS='…'      vitrail run from this tree, as in ARGS='--qube work --label blue -- xterm'"
	@echo "make install           below PREFIX (default: ~/.local, as root /usr/local) and DESTDIR, from this tree"
	@echo "make uninstall         remove exactly that; homes of qubes and their definitions stay"
	@echo "make dist              source distribution and wheel, in dist/"
	@echo "make deb               a Debian package, in dist/"
	@echo "make test T='…'        the suite, virtual machines last (VITRAIL_VM=0: without); T goes to pytest; JOBS=0: one by one"
	@echo "make test-wheel T='…'  the suite on the installed wheel instead of this tree"
	@echo "make test-deb          the Debian package, on a clean Debian that is made for it (a part of make test)"
	@echo "make test-vm           only the boundaries between virtual machines, emulated"
	@echo "make test-vm-pvh       the same parts in a PVH domain of Xen"
	@echo "make parity            write docs/parity.md anew from tests/parity/rows"
	@echo "make check             formatting, lint, types, architecture"
	@echo "make format            let ruff lay out the code and mend what it can"
	@echo "make bench             measure; writes build/bench/results.json"
	@echo "make fuzz MINUTES=60   new streams of a hostile agent, and walks over a desktop; ends at the first defect"
	@echo "make soak MINUTES=60   qubes at work, sampled; fails if memory, descriptors or X resources grow"
	@echo "make apps A='…'        try real programs in real qubes, those with a word of A in their name; writes docs/apps.md"
	@echo "make tour              run the commands of docs/terminal-tour.md anew, and write down what they print"
	@echo "make pictures          take the pictures of docs/tour.md and docs/attention.md anew"
	@echo "make clean             remove what the other targets made, but for .venv"

setup:
	@$(SETUP) runtime demo test vm dist

demo:
	@$(SETUP) runtime demo
	@$(PYTHON_IN_TREE) -I -m scripts.demo $(ARGS)

run:
	@$(SETUP) runtime
	@$(PYTHON_IN_TREE) -I -m guid run $(ARGS)

install:
	@$(SETUP) runtime
	@$(PYTHON_IN_TREE) -m scripts.install install $(WHERE)

uninstall:
	@python3 -m scripts.install uninstall $(WHERE)

dist:
	@$(SETUP) runtime
	@$(PYTHON_IN_TREE) -m scripts.dist dist

deb:
	@$(SETUP) runtime dist
	@$(PYTHON_IN_TREE) -m scripts.deb dist

test-wheel:
	@$(SETUP) runtime demo test vm dist
	@$(PYTHON_IN_TREE) -m scripts.wheelhouse $(T)

test:
	@$(SETUP) runtime demo test vm dist
	@$(PYTHON_IN_TREE) -m pytest -n $(or $(JOBS),2) --no-loadscope-reorder $(T)

test-deb:
	@$(SETUP) runtime demo test vm dist
	@$(PYTHON_IN_TREE) -m pytest tests/packaging/test_deb.py $(T)

test-vm:
	@$(SETUP) runtime test vm
	@VITRAIL_VM=1 $(PYTHON_IN_TREE) -m pytest -s tests/vm $(T)

test-vm-pvh:
	@$(SETUP) runtime test vm
	@VITRAIL_VM=pvh $(PYTHON_IN_TREE) -m pytest -s tests/vm/test_xen_pvh.py $(T)

parity:
	@$(SETUP) runtime test
	@$(PYTHON_IN_TREE) -m tests.parity

check:
	@$(SETUP) runtime demo test
	$(PYTHON_IN_TREE) -m ruff format --check .
	$(PYTHON_IN_TREE) -m ruff check .
	$(PYTHON_IN_TREE) -m mypy $(ROOMS)
	$(PYTHON_IN_TREE) -m pytest -q tests/architecture

format:
	@$(SETUP) runtime demo test
	$(PYTHON_IN_TREE) -m ruff format .
	$(PYTHON_IN_TREE) -m ruff check --fix .

bench:
	@$(SETUP) runtime demo test
	@$(PYTHON_IN_TREE) -m bench $(ARGS)

fuzz:
	@$(SETUP) runtime demo test
	@$(PYTHON_IN_TREE) -m tests.fuzz --minutes $(or $(MINUTES),60) $(ARGS)

soak:
	@$(SETUP) runtime demo test
	@$(PYTHON_IN_TREE) -m tests.soak --minutes $(or $(MINUTES),60)

apps:
	@$(SETUP) runtime demo test apps
	@$(PYTHON_IN_TREE) -m tests.apps $(A)

tour:
	@$(SETUP) runtime demo test
	@$(PYTHON_IN_TREE) -m scripts.terminal_tour

pictures:
	@$(SETUP) runtime demo test apps
	@$(PYTHON_IN_TREE) -m scripts.pictures
	@$(PYTHON_IN_TREE) -m scripts.modes_sheet
	@$(PYTHON_IN_TREE) -m scripts.attention_picture

clean:
	rm -rf build dist *.egg-info .hypothesis .pytest_cache .mypy_cache .ruff_cache /var/tmp/vitrail-test-templates-$$(id -u)
	find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0r rm -rf
