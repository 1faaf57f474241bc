"""The command line of the desk in a browser: `serve`, and `users`, who may sign in there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli_desk import Day, at_desk, day_of, plan_of, this_day

if TYPE_CHECKING:
    from pipeline.web.people import People, Role

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.", show_default=False)]
RoleName = Annotated[str, typer.Option("--role", help="viewer, reviewer, or admin; each may what the one before may.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
NoPassword = Annotated[
    bool, typer.Option("--no-password", help="None: they sign in through the identity provider of the settings.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program's."""
    app.command()(serve)
    app.add_typer(users, name="users")


def serve(
    host: Annotated[str, typer.Option(help="Where to listen; the default is this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    certificate: Annotated[Path | None, typer.Option(help="The server's certificate, for TLS.", exists=True)] = None,
    key: Annotated[Path | None, typer.Option(help="Its key.", exists=True)] = None,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="A server in front of this one has the certificate.")
    ] = False,
    engine: Annotated[str | None, typer.Option(help="What reads and writes: rules, or model.")] = None,
    today: Day = None,
) -> None:
    """Open the desk to browsers: upload, review beside the pages, correct, approve. Until stopped."""
    from pipeline.settings import Settings
    from pipeline.web import serve as server

    settings, day = Settings(), day_of(today)
    where = server.Where(host, port, str(certificate or ""), str(key or ""), behind_tls)
    with at_desk(settings) as desk:
        server.serve(desk, plan_of(settings, engine), settings, where, lambda: day or this_day())


users = typer.Typer(no_args_is_help=True, help="Who may sign in at the desk in a browser, and what each may do there.")


@users.command()
def add(name: Name, role: RoleName = "viewer", from_stdin: FromStdin = False, no_password: NoPassword = False) -> None:
    """Let someone sign in: with a password of 12 characters or more, or through the identity provider."""
    from pipeline.batch import audit

    chosen = _role(role)
    with _people() as people:
        people.add(name, chosen, _password(from_stdin=from_stdin, none=no_password), by=audit.person())


@users.command("list")
def list_users() -> None:
    """Print the users: name, role, how they sign in, and what their scripts' tokens are for."""
    with _people() as people:
        for user in people.users():
            how = "password" if user.has_password else "identity provider"
            tokens = "; ".join(people.tokens(user.name))
            sys.stdout.write(f"{user.name:<30} {user.role.value:<9} {how:<18} {tokens}".rstrip() + "\n")


@users.command()
def remove(name: Name) -> None:
    """Let someone sign in no more. They are signed out at once, and their tokens end."""
    from pipeline.batch import audit

    with _people() as people:
        people.remove(name, by=audit.person())


@users.command("role")
def set_role(name: Name, role: Annotated[str, typer.Argument(help="viewer, reviewer, or admin.")]) -> None:
    """Let someone do more, or less. They are signed out, and their tokens end."""
    from pipeline.batch import audit

    chosen = _role(role)
    with _people() as people:
        people.set_role(name, chosen, by=audit.person())


@users.command("password")
def set_password(name: Name, from_stdin: FromStdin = False, no_password: NoPassword = False) -> None:
    """Give someone another password, or none. They are signed out, and their tokens end."""
    from pipeline.batch import audit

    with _people() as people:
        people.set_password(name, _password(from_stdin=from_stdin, none=no_password), by=audit.person())


@users.command()
def token(
    name: Name,
    note: Annotated[str, typer.Option(help="What it is for.", show_default=False)],
) -> None:
    """Print a token with which a script may do what a user may, for a year. It is shown this once."""
    from pipeline.batch import audit

    with _people() as people:
        sys.stdout.write(people.token(name, note, by=audit.person()) + "\n")


@users.command("end")
def end_sessions(name: Name) -> None:
    """Sign someone out everywhere, and end their tokens, as when one was lost."""
    from pipeline.batch import audit

    with _people() as people:
        people.end_all(name, by=audit.person())


@contextmanager
def _people() -> "Iterator[People]":
    from pipeline.settings import Settings
    from pipeline.web.people import People

    with at_desk(Settings()) as desk:
        yield People(desk.register)


def _role(name: str) -> "Role":
    from pipeline.web.people import Role

    if name not in list(Role):
        raise typer.BadParameter(f"it is one of {', '.join(Role)}", param_hint="--role")
    return Role(name)


def _password(*, from_stdin: bool, none: bool) -> str | None:
    if from_stdin and none:
        raise typer.BadParameter("there is a password, or there is none", param_hint="--no-password")
    if none:
        return None
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    told: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
    return told
