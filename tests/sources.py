"""Our own modules as syntax, each parsed once for all the tests that read them."""

import ast
from functools import cache
from pathlib import Path


@cache
def statements_of(path: Path) -> tuple[ast.AST, ...]:
    """Every statement, however deep; what is within expressions is left out, which is most of a module."""
    found: list[ast.AST] = []
    left: list[ast.AST] = [ast.parse(path.read_text())]
    while left:
        for node in ast.iter_child_nodes(left.pop()):
            if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
                found.append(node)
                left.append(node)
    return tuple(found)
