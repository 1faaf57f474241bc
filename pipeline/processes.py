"""Work in a pool of processes, any of which may be ended from outside: by the system, or by another's work."""

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.context import BaseContext
from typing import Final, TypeVar

from pebble import ProcessExpired, ProcessPool

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

T = TypeVar("T")
_TIMES = 2
_LOADED: Final[dict[str, None]] = {}


def forking(*modules: str) -> BaseContext:
    """How processes begin that are forked from a server: a copy of a process with threads may hang.

    What they need is loaded there once, before the first of them, and not by each.
    """
    context = multiprocessing.get_context("forkserver")
    _LOADED.update(dict.fromkeys(modules))
    context.set_forkserver_preload([*_LOADED])
    return context


def limited(most_bytes: int) -> None:
    """Begin a process that opens documents: who asks is interrupted, and ends it; its memory has a limit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))


def scheduled(pool: ProcessPool, work: Callable[..., T], args: tuple[object, ...], timeout: float) -> Future[T]:
    """The work, each try within `timeout` seconds; once more where its process came to an end.

    Its result is the work's, its error the last try's: pebble's ProcessExpired where that process ended too.
    """
    found: Future[T] = Future()
    _try(found, pool, work, args, timeout, _TIMES)
    return found


def _try(
    found: Future[T], pool: ProcessPool, work: Callable[..., T], args: tuple[object, ...], timeout: float, times: int
) -> None:
    def done(tried: Future[T]) -> None:
        if tried.cancelled():
            found.cancel()
        elif isinstance(error := tried.exception(), ProcessExpired) and times > 1 and pool.active:
            _try(found, pool, work, args, timeout, times - 1)
        elif error is not None:
            found.set_exception(error)
        else:
            found.set_result(tried.result())

    tried: Future[T] = pool.schedule(work, args=args, timeout=timeout)
    tried.add_done_callback(done)
