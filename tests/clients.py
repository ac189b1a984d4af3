"""How tests reach an application."""

from typing import Any

AT_THIS_MACHINE: dict[str, Any] = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}
"""Arguments of a ``TestClient`` that a heritage without accounts answers."""
