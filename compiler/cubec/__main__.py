"""``python -m cubec``."""

import sys

from cubec.cli import main

sys.exit(main())
