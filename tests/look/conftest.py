"""The gallery is also a program (python tests/look/gallery.py): its tests import it by its name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
