"""What is left behind: after all the other attempts, what the server has said and who did what."""

from collections import Counter
from typing import Final

from benchmarks.attack_kit.attempt import attempt
from benchmarks.attack_kit.target import Target, hold, secrets_in
from pipeline.batch import audit

_ENTERED: Final = ("signed_in", "sign_in_failed", "viewed", "downloaded", "uploaded", "corrected", "user_removed")


@attempt("Traces", "names, ids, numbers and text of the documents in all that the server has logged")
def log(target: Target) -> str:
    """A log that tells who the patients are."""
    found = secrets_in(target.log)
    hold(not found, f"{len(found)} of them stand there")
    hold(target.case not in target.log, "it names a case")
    hold(not any(token in target.log for token in target.tokens.values()), "it has a token")
    return f"none in {len(target.log.encode())} bytes"


@attempt("Traces", "the audit log, after all of it")
def audited(target: Target) -> str:
    """A change that is not on record, or a record that was changed."""
    found = audit.verify(target.register)
    hold(found.broken is None, "it does not hang together")
    kinds = Counter(entry.what for entry in audit.entries(target.register))
    told = [f"{kinds[what]} {what.replace('_', ' ')}" for what in _ENTERED if kinds[what]]
    hold({"signed_in", "viewed", "downloaded", "corrected"} <= kinds.keys(), f"it has only {', '.join(told)}")
    return f"it hangs together: {found.entries} entries, of them {', '.join(told)}"
