"""The log of a server: one JSON object a line, or plain text, on stderr."""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum


class LogFormat(StrEnum):
    """How lines of the log are written."""

    TEXT = "text"
    JSON = "json"


class JsonLines(logging.Formatter):
    """Time (UTC), level, logger and message, then the facts that a line was given with ``extra={"facts": ...}``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for a person."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items() if value != "")
        return f"{super().format(record)} {facts}".rstrip()


def start_logging(log_format: LogFormat) -> None:
    """Send what heritage and its server say to stderr; the root logger stays as the program around it has it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if log_format is LogFormat.JSON else TextLines("%(levelname)s %(name)s: %(message)s")
    )
    for name, level in (("heritage", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
