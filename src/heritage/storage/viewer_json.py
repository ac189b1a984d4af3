"""On whose behalf something goes on for long, as it is kept with it."""

from dataclasses import asdict
from json import dumps, loads

from heritage.domain.access import Role, Scope, Viewer


def viewer_json(viewer: Viewer) -> str:
    return dumps(asdict(viewer) | {"scopes": sorted(viewer.scopes)})


def viewer_of(text: str) -> Viewer:
    """What `viewer_json` wrote."""
    values = loads(text)
    scopes = frozenset(map(Scope, values.pop("scopes")))
    return Viewer(**values | {"role": Role(values["role"]), "scopes": scopes})
