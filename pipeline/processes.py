"""Work in a pool of processes, any of which may be ended from outside: by the system, or by another's work."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

T = TypeVar("T")
_TIMES = 2


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
