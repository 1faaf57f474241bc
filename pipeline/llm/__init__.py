"""The only door to a language model: any server that speaks OpenAI's chat completions. docs/MODEL.md is its manual."""

from pipeline.kept import clear
from pipeline.llm.asks import Ask, Example, Failed, FaultKind, Model, Prompt, Reply
from pipeline.llm.client import Client
from pipeline.llm.connection import MODES, Connection, Mode, connection, replies_folder
from pipeline.llm.probe import Probed, probe
from pipeline.llm.prompts import load
from pipeline.llm.pseudonyms import Identity, Pseudonymized
from pipeline.llm.retries import Breaker, Clock, shared_breaker
from pipeline.settings import Settings

__all__ = [
    "MODES",
    "Ask",
    "Breaker",
    "Client",
    "Clock",
    "Connection",
    "Example",
    "Failed",
    "FaultKind",
    "Identity",
    "Mode",
    "Model",
    "Probed",
    "Prompt",
    "Pseudonymized",
    "Reply",
    "clear_replies",
    "connection",
    "load",
    "probe",
    "replies_folder",
    "shared_breaker",
]


def clear_replies(settings: Settings) -> int:
    """Forget every reply that was kept; how many there were. For `appealwright cache clear`."""
    folder = replies_folder(settings)
    return clear(folder) if folder is not None else 0
