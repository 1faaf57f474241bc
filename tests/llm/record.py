"""Records the cassettes again: `python -m tests.llm.record`, after a change of the prompt or of the requests."""

from pipeline.llm import Client
from tests.llm.asked import Hours, ask, connected
from tests.llm.exchanges import CASSETTES, EXCHANGES, cassette
from tests.loopback.answers import Script
from tests.loopback.server import Server


def main() -> None:
    for path in CASSETTES.glob("*.yaml"):
        path.unlink()
    for exchange in EXCHANGES:
        with Server(Script(*exchange.answers)) as server, cassette(exchange.name, record=True):
            Client(connected(server, mode=exchange.mode), clock=Hours().clock).ask([ask(exchange.data)])


if __name__ == "__main__":
    main()
