"""Every regular expression of the program: those its modules hold, those its calls compile, those of its tables."""

import ast
import contextlib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from types import ModuleType
from typing import Any

import yaml

import pipeline

Regex = re.Pattern[str] | re.Pattern[bytes]
_FUNCTIONS = {f"re.{name}" for name in vars(re) if name in re.__all__ and name.islower()}
_HOLE = "a1"  # stands for what a pattern takes in only while it runs
_WRITTEN_AS_PATTERN = re.compile(r"\\[bBdDsSwW]|\(\?[:!=<P]|\{\d")


def regexes() -> dict[Regex, str]:
    """Each pattern, with the module it was first found in."""
    found: dict[Regex, str] = {}
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        module = importlib.import_module(info.name)
        for pattern in [*_held(list(vars(module).values())), *_called(module), *_tabled(module)]:
            found.setdefault(pattern, module.__name__)
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        for pattern in _written(info.name) if info.ispkg else []:
            if not any(pattern.pattern in str(other.pattern) for other in found):
                found[pattern] = f"a table of {info.name}"
    return found


def _held(value: Any) -> Iterator[Regex]:
    """The patterns in a value: a tuple, list or mapping is looked into."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _held(item)
    elif isinstance(value, dict) and "__builtins__" not in value:
        yield from _held(list(value.values()))


def _makers(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions a module can name that return patterns."""
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.isroutine(inspect.unwrap(function))
        and "Pattern[" in str(getattr(function, "__annotations__", {}).get("return", ""))
    }


def _called(module: ModuleType) -> Iterator[Regex]:
    """What the calls in a module's source compile, as far as its own names tell what they are given."""
    makers = _makers(module)
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name in _FUNCTIONS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            flags = [flag for one in given[1:] if isinstance(flag := _value(one, module), re.RegexFlag)]
            words = _value(given[0], module)
            yield from [re.compile(words, *flags)] if isinstance(words, (str, bytes)) else []
        elif name in makers:
            yield from _held(_value(node, module))


def _value(node: ast.expr, module: ModuleType) -> Any:
    """What an expression is by the module's own names, None where it needs others; a hole in a string is filled."""
    if isinstance(node, ast.JoinedStr):
        node = ast.JoinedStr([_filled(part, module) for part in node.values])
    try:
        return eval(compile(ast.fix_missing_locations(ast.Expression(node)), "regex", "eval"), vars(module))
    except (NameError, KeyError):
        return None


def _filled(part: ast.expr, module: ModuleType) -> ast.expr:
    whole = not isinstance(part, ast.FormattedValue) or _value(part.value, module) is not None
    return part if whole else ast.Constant(_HOLE)


def _tabled(module: ModuleType) -> Iterator[Regex]:
    """The patterns a module makes of its stage's tables, by its functions that take the name of a row or nothing."""
    for make in _makers(module).values():
        needed = _needs(make) if make.__module__ == module.__name__ else ["more than a row"]
        if not needed:
            yield from _held(make())
        for key in _rows(module.__name__.rpartition(".")[0])[0] if needed in (["name"], ["field"]) else []:
            with contextlib.suppress(KeyError, TypeError, AttributeError, re.error):  # not a row that it reads
                yield from _held(make(key))


def _needs(make: Callable[..., Any]) -> list[str]:
    """The parameters that a function must be given."""
    parameters = inspect.signature(make).parameters.values()
    return [one.name for one in parameters if one.default is one.empty and one.annotation is str] + [
        "another type" for one in parameters if one.default is one.empty and one.annotation is not str
    ]


def _written(package: str) -> Iterator[Regex]:
    """The words of a package's tables that are patterns, by the package's function that makes such."""
    modules = [
        importlib.import_module(f"{package}.{info.name}")
        for info in pkgutil.iter_modules(importlib.import_module(package).__path__)
    ]
    makers = [make for module in modules for make in _makers(module).values() if _needs(make) == ["words"]]
    for words in _rows(package)[1]:
        with contextlib.suppress(re.error):  # a furnishing that is compiled as it stands, and found so
            yield (makers or [re.compile])[0](words)


@cache
def _rows(package: str) -> tuple[list[str], list[str]]:
    """The keys of the package's tables, and their words that are written as patterns."""
    keys: dict[str, None] = {}
    words: dict[str, None] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            keys.update(dict.fromkeys(key for key in value if isinstance(key, str)))
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            look(item)
        if isinstance(value, str) and _WRITTEN_AS_PATTERN.search(value):
            words[value] = None

    for file in sorted(resources.files(package).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            look(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    return list(keys), list(words)
