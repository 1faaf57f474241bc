"""Case folders with truth files -> figures: how much of what was found is right, and how much was found."""

from pipeline.evaluate.cases import CaseFolder, find_cases
from pipeline.evaluate.cases import work as work_case
from pipeline.evaluate.count import count
from pipeline.evaluate.report import as_json, as_markdown
from pipeline.evaluate.tally import Score
from pipeline.evaluate.truth import Truth, TruthError

__all__ = [
    "CaseFolder",
    "Score",
    "Truth",
    "TruthError",
    "as_json",
    "as_markdown",
    "count",
    "find_cases",
    "work_case",
]
