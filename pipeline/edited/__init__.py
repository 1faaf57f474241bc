"""The letter comes back from Word: what its editors made of it is read and held against the case once more."""

from pipeline.edited.check import CheckedLetter, check_edited, checked_letter
from pipeline.edited.package import package_of
from pipeline.edited.read import read_edited
from pipeline.edited.report import Change, Checked, EditedReport, Standing
from pipeline.edited.told import lines

__all__ = [
    "Change",
    "Checked",
    "CheckedLetter",
    "EditedReport",
    "Standing",
    "check_edited",
    "checked_letter",
    "lines",
    "package_of",
    "read_edited",
]
