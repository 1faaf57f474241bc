"""What a reviewer's edits make of a case: applied, checked at once, and kept for when the case is worked anew. Pure."""

from pipeline.corrections.edits import Corrected, apply, corrected
from pipeline.corrections.kept import keep, replay

__all__ = ["Corrected", "apply", "corrected", "keep", "replay"]
