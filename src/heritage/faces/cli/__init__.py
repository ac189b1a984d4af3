"""The command line. Heavy libraries are imported inside the commands that need them: a border post waits for these."""

from heritage.faces.cli.app import main

__all__ = ["main"]
