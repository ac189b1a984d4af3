"""Finds what the error tree says: the sentence of every error that code makes, with a named place for each value in it.

``f"{len(uploads)} photos are too many; choose at most {MAX_PHOTOS}"`` is ``{uploads} photos are too many; choose at
most {max_photos}``. What only the command line says, which is English, is left out.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import heritage
from heritage import errors

SOURCE = Path(heritage.__file__).parent
_COMMAND_LINE = (
    *("client", "demo", "faces/cli", "settings.py", "storage/audit_key.py", "storage/checkpoint_file.py"),
    *("registries/evaluation_set.py", "registries/ilias.py", "registries/labelled.py", "registries/listed.py"),
    *("registries/met.py", "registries/folder.py", "service/calibrating.py", "service/evaluation.py"),
    *("service/models.py", "storage/database.py", "storage/postgres.py", "storage/sqlite.py", "vision/adding.py"),
    *("registries/fonts.py", "vision/pulling.py", "vision/weights.py"),
)
# Of the server's own files: whoever reads a page can do nothing about them, and whoever can reads the log.
_OF_THE_SERVER = {errors.ModelError, errors.DamagedIndexError, errors.StorageError}
_CLASSES = {
    name
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, errors.HeritageError) and one not in _OF_THE_SERVER
} | {"HTTPException"}
_MAKERS = {"_wrong": 1}  # functions of ours that make an error, and which argument is its sentence
_PIECES = {"_NO_PICTURES", "_kind_of_text"}  # what they name stands within a sentence
_SAYING = re.compile("|".join(sorted({*_CLASSES, *_MAKERS, *_PIECES, "Problem"})))


@cache
def error_sentences() -> frozenset[str]:
    """All that the error tree says at pages, values as ``{name}``."""
    found: set[str] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if _SAYING.search(text) and not path.relative_to(SOURCE).as_posix().startswith(_COMMAND_LINE):
            found.update(sentences_of(ast.parse(text)))
    return frozenset(found)


def sentences_of(module: ast.Module) -> set[str]:
    """The same of one module."""
    words = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.update(_Reader(words, node).sentences())
    return found | {one for node in module.body for one in _pieces(node)}


@dataclass(slots=True)
class _Reader:
    """``words``: the texts that the module has names for; ``function``: where an error is made."""

    words: dict[str, str]
    function: ast.FunctionDef | ast.AsyncFunctionDef
    variables: set[str] = field(default_factory=set)  # that sentences have in them

    def sentences(self) -> Iterator[str]:
        nodes = list(ast.walk(self.function))
        found = [text for node in nodes if isinstance(node, ast.Call) for text in self._made_by(node)]
        found += [text for value in self._assigned(nodes) for text in self._texts(value)]
        return (text for text in found if re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", text)))

    def _made_by(self, call: ast.Call) -> Iterator[str]:
        name = _name(call.func)
        if name in _MAKERS:
            yield from self._texts(call.args[_MAKERS[name]])
        elif name == "Problem":
            yield from (text for one in call.keywords if one.arg == "detail" for text in self._texts(one.value))
        elif name == "HTTPException":
            yield from (text for one in call.args[1:2] for text in self._texts(one))
        elif name == "TooOftenError":
            yield from (f"{text}; try again in {{seconds}} seconds" for text in self._texts(call.args[0]))
        elif name == "ImageError":
            yield from (text + ": {detail}" * (len(call.args) > 1) for text in self._texts(call.args[0]))
            yield from (text for one in call.args[1:] for text in self._texts(one))
        elif name in _CLASSES:
            yield from (text for one in call.args[:1] for text in self._texts(one))

    def _texts(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name):
            if node.id in self.words:
                yield self.words[node.id]
            self.variables.add(node.id)
        elif isinstance(node, ast.IfExp):
            yield from self._texts(node.body)
            yield from self._texts(node.orelse)
        elif isinstance(node, ast.JoinedStr):
            yield self._joined(node)

    def _joined(self, node: ast.JoinedStr) -> str:
        parts, used = [], set[str]()
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
                continue
            assert isinstance(part, ast.FormattedValue)
            if isinstance(part.value, ast.Name) and part.value.id in self.words:
                parts.append(self.words[part.value.id])
                continue
            if isinstance(part.value, ast.Name):
                self.variables.add(part.value.id)
            name = _value_name(part.value)
            while name in used:
                name = re.sub(r"\d*$", lambda digits: str(int(digits.group() or 1) + 1), name, count=1)
            used.add(name)
            parts.append(f"{{{name}}}")
        return "".join(parts)

    def _assigned(self, nodes: list[ast.AST]) -> list[ast.expr]:
        """What the variables within sentences may hold, where it is several words of ours."""
        return [
            node.value
            for node in nodes
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.IfExp | ast.JoinedStr | ast.Constant)
            and any(isinstance(target, ast.Name) and target.id in self.variables for target in node.targets)
        ]


def _pieces(node: ast.stmt) -> Iterator[str]:
    names = {node.name} if isinstance(node, ast.FunctionDef) else set[str]()
    if isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    if names & _PIECES:
        texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))
        yield from (text for text in texts if re.match(r"an? \w|text$", text))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _value_name(node: ast.expr) -> str:
    """After the variable that a value comes from: ``text[:80]`` is of text, ``len(uploads)`` of uploads."""
    inner = next((one for one in ast.walk(node) if isinstance(one, ast.Attribute | ast.Name) and _is_value(one)), None)
    return _name(inner).strip("_").lower() if inner is not None else "value"


def _is_value(node: ast.expr) -> bool:
    return _name(node) not in {"len", "str", "max", "min", "ceil", "math", "type", "join", "filter", "sorted", "pop"}
