"""Where modules, functions and parameter lists stop. Read from the source, nothing is imported."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for folder in ("src", "scripts") for path in (ROOT / folder).rglob("*.py"))
MIGRATIONS = ROOT / "src" / "heritage" / "storage" / "migrations" / "versions"
FACES = ROOT / "src" / "heritage" / "faces"

MODULE_LINES = 400
FUNCTION_LINES = 40
PARAMETERS = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_module_is_longer_than_can_be_read_at_a_sitting() -> None:
    length_by_path = {path: len(path.read_text().splitlines()) for path in MODULES}
    assert [f"{path}: {length} lines" for path, length in length_by_path.items() if length > MODULE_LINES] == []


def test_no_function_is_longer_than_a_screen() -> None:
    """A migration is a list of steps that nobody may change any more, so those are not counted."""
    functions = ((path, one) for path in MODULES if path.parent != MIGRATIONS for one in functions_of(path))
    assert [f"{path}: {one.name}" for path, one in functions if length_of(one) > FUNCTION_LINES] == []


def test_nobody_has_to_pass_more_than_a_handful_of_arguments() -> None:
    """What FastAPI and Typer call is let off: they read what a request or a command may give off the parameters."""
    functions = ((path, one) for path in MODULES for one in functions_of(path))
    long = ((path, one) for path, one in functions if len(parameters_of(one)) > PARAMETERS)
    assert [f"{path}: {one.name}" for path, one in long if not is_called_by_a_framework(one, path)] == []


@cache
def functions_of(path: Path) -> tuple[Function, ...]:
    return tuple(node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, Function))


def length_of(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    docstring = function.body[0] if ast.get_docstring(function) else None
    told = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return function.end_lineno - function.lineno + 1 - told


def parameters_of(function: Function) -> list[ast.arg]:
    """Those that are passed one by one: without ``self``, ``*others`` and ``**others``."""
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return [one for one in every if one.arg not in ("self", "cls")]


def is_called_by_a_framework(function: Function, path: Path) -> bool:
    """A route, a command, or what one of them depends on."""
    is_registered = any(isinstance(one, ast.Call) for one in function.decorator_list)  # @router.get("/cases")
    is_depended_on = f"Depends({function.name})" in path.read_text()
    is_described = any("Annotated[" in ast.unparse(one.annotation) for one in parameters_of(function) if one.annotation)
    return path.is_relative_to(FACES) and (is_registered or is_depended_on or is_described)
