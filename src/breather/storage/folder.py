"""Making the names in a folder durable: without it, a file that was synced may be nowhere after a power cut."""

import os
from pathlib import Path


def synced(path: Path) -> None:
    """A file that another wrote, or a folder with the names in it. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
