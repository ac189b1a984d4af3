"""Imports run downwards only, and each third-party library has one home. Read from the source, nothing is imported."""

import ast
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "heritage"
MODULES = sorted(SOURCE.rglob("*.py"))

ROOT = {"errors", "settings", "__version__"}
ALLOWED = {
    "": {"faces"},  # heritage/__main__.py
    "domain": {"domain"},
    "storage": {"storage", "domain"},
    "vision": {"vision", "domain"},
    "registries": {"registries", "domain"},
    "channels": {"channels", "domain"},
    "service": {"service", "storage", "domain"},
    "faces": {"faces", "service", "storage", "domain"},
    "client": {"client", "faces"},
    "demo": {"demo", "faces", "service", "domain"},
}
HOMES = {
    "torch": {"vision"},
    "torchvision": {"vision"},
    "open_clip": {"vision"},
    "faiss": {"vision"},
    "cv2": {"vision", "demo"},
    "PIL": {"vision", "demo"},
    "pillow_heif": {"vision"},
    "pdqhash": {"vision"},
    "threadpoolctl": {"vision"},
    "lxml": {"registries"},
    "fpdf": {"registries"},
    "pypdfium2": {"registries"},
    "fontTools": {"registries"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "psycopg": {"storage"},
    "cryptography": {"storage"},
    "openpyxl": {"registries"},
    "fastapi": {"faces"},
    "starlette": {"faces"},
    "pydantic": {"faces", "client"},
    "httpx2": {"client"},
    "typer": {"faces"},
    "rich": {"faces", "demo"},
    "jinja2": {"faces", "demo"},
    "babel": {"faces"},
    "prometheus_client": {"faces"},
    "argon2": {"service"},
    "pyotp": {"service"},
    "authlib": {"faces"},
    "joserfc": {"faces"},
    "requests": {"faces"},
    "ray": {"service"},
}


def layer_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


@cache
def imports_of(path: Path) -> set[str]:
    """Dotted names of every module imported anywhere in the file, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_imports_run_downwards() -> None:
    forbidden_by_path = {str(path.relative_to(SOURCE)): forbidden_in(path) for path in MODULES}
    assert {path: layers for path, layers in forbidden_by_path.items() if layers} == {}


def forbidden_in(path: Path) -> set[str]:
    """The layers that a module imports and may not."""
    layer = layer_of(path)
    used = {name.split(".")[1] for name in imports_of(path) if name.startswith("heritage.")} - ROOT
    allowed = ALLOWED[layer]
    if path.parent == SOURCE / "service" / "context":  # the composition root, alone, knows every adapter
        allowed = allowed | {"vision", "registries", "channels"}
    if layer == "":
        allowed = allowed if path.stem == "__main__" else set()
    return used - allowed


def test_of_faces_the_client_knows_only_what_is_sent_and_answered() -> None:
    for path in (SOURCE / "client").glob("*.py"):
        used = {name for name in imports_of(path) if name.startswith("heritage.faces")}
        assert all(name.startswith(("heritage.faces.schemas.", "heritage.faces.problems.")) for name in used)


def test_third_party_libraries_have_one_home() -> None:
    used = {(path, name.split(".")[0]) for path in MODULES for name in imports_of(path)}
    strays = [(path, package) for path, package in used if package in HOMES and layer_of(path) not in HOMES[package]]
    assert [f"{package} does not belong in {path.relative_to(SOURCE)}" for path, package in sorted(strays)] == []


def test_ray_is_an_extra_that_one_module_alone_knows() -> None:
    users = {path.name for path in MODULES if any(name.split(".")[0] == "ray" for name in imports_of(path))}
    assert users == {"ray_stages.py"}


def test_only_settings_reads_the_environment() -> None:
    readers = {path.name for path in MODULES if "os.environ" in path.read_text() or "getenv" in path.read_text()}
    assert readers <= {"settings.py"}
