"""Which processes there are, from Linux's own list."""

from pathlib import Path


def children(parent: int) -> list[int]:
    """Process ids of its children, those too that ended and were not waited for."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
        except OSError:  # ended meanwhile
            continue
    return found


def running(process: int) -> bool:
    """Whether it has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
