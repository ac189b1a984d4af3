from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient

from heritage.faces.api.app import create_app
from heritage.service.context import Context
from tests.integration.storage.auditing import event, opened


def test_a_server_signs_the_audit_log_when_it_stops(context: Context, tmp_path: Path) -> None:
    with opened(tmp_path) as audit:
        app = create_app(context.settings, lambda _: nullcontext(replace(context, audit=audit)))
        with TestClient(app):
            audit.record(event(1))
            assert audit.newest_checkpoint() is None
        newest = audit.newest_checkpoint()
        assert newest is not None and newest.size == 1
