"""The letter comes back from Word: what its editors made of it is read and held against the case once more."""

from pipeline.edited.check import check_edited
from pipeline.edited.report import Change, Checked, EditedReport, Standing
from pipeline.edited.told import lines

__all__ = ["Change", "Checked", "EditedReport", "Standing", "check_edited", "lines"]
