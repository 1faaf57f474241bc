"""Attempts on the sign-in itself. They come last: who fails often must wait."""

import httpx2

from benchmarks.attack_kit.attempt import attempt
from benchmarks.attack_kit.target import Target, hidden, hold, refused, sign_in


@attempt("Passwords", "a name's password guessed 12 times in a row, and what the answers tell of names")
def guessed(target: Target) -> str:
    """Brute force, and which names there are."""
    with target.nobody() as client:
        of_user, of_nobody = (_without_name(sign_in(client, name, "wrong")) for name in ("ben", "nobody"))
        hold(of_user == of_nobody, "the answer tells which names there are")
        answers = [sign_in(client, "ben", f"wrong {number}") for number in range(12)]
        after = sign_in(client, "ben")
    statuses = [answer.status_code for answer in answers]
    hold(statuses.count(429) >= 7, f"{statuses.count(403)} were tried")
    hold(after.status_code == 429 and int(after.headers["retry-after"]) >= 1, "the right one was let in meanwhile")
    return f"{statuses.count(403) + 1} were tried, then 429 with Retry-After; one answer for all names"


def _without_name(answer: httpx2.Response) -> tuple[int, str]:
    csrf = hidden(answer.text, "csrf")
    return answer.status_code, answer.text.replace(csrf, "")


@attempt("Passwords", "names and passwords of odd make: SQL, NUL, 900 KB, lone surrogates, other charsets")
def odd_names(target: Target) -> str:
    """What a sign-in does with what is no name."""
    odd = (
        "' OR '1'='1",
        "ana'--",
        "ana\x00",
        "a" * 900_000,
        "ana\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    )
    tried: list[int] = []
    with target.nobody() as client:
        tried += [refused(sign_in(client, name, name), 403, 413, 429) for name in odd]
    return f"{len(tried)} tried: nobody was let in, no error"
