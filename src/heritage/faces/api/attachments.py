"""Files that browsers save and never show: what others wrote or sent is not to run as a page of this very origin."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(name: str) -> dict[str, str]:
    """Headers of a file of that name, a name of ours: without quotation marks. No cache keeps it."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
