"""``python -m heritage``, the same as the command ``heritage``."""

import sys

from heritage.faces.cli import main

if __name__ == "__main__":
    sys.exit(main())
