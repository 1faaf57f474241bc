"""A billing team's inbox, invented from a seed: files as a fax server and a mail drop leave them, and their truth.

`python -m benchmarks.inbox_files FOLDER [--cases 200] [--files 1000] [--seed 1] [--scans SHARE]` writes the files into
FOLDER and `truth.json` beside it. The same numbers give the same bytes.
"""

from benchmarks.inbox_files.inbox import LATE, make, truth_of
from benchmarks.inbox_files.truth import CaseTruth, Entry, PageTruth, Person, Truth

__all__ = ["LATE", "CaseTruth", "Entry", "PageTruth", "Person", "Truth", "make", "truth_of"]
