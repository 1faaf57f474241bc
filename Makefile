.PHONY: setup demo test evaluate lock

# System packages and .venv; see .ci/setup for what it installs.
setup:
	@.ci/setup

# Work a sample case: a scanned denial of a knee replacement with text and Word notes. Exit code 1 says that a person
# has something to decide, which is right for this case. `make demo ENGINE=model` works it by the model engine too: with
# replies that people wrote, played by a server on this machine.
demo: setup
ifeq ($(ENGINE),model)
	@.venv/bin/python -m tests.loopback.demo || [ $$? -eq 1 ]
else
	@.venv/bin/appealwright run samples/knee-replacement -o demo --today 2026-11-21 || [ $$? -eq 1 ]
endif
	@echo 'To upload and review in a browser: .venv/bin/appealwright serve' 

# The whole test suite.
test:
	@.ci/setup tests
	@.venv/bin/pytest

# Score what is found against what is true: the corpus, without what is set aside, and the samples.
evaluate: setup
	@.venv/bin/appealwright evaluate tests/corpus/letters tests/corpus/charts samples

# Renew requirements.txt after a change of the dependencies.
lock: setup
	@.venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-header --no-annotate -o requirements.txt
