"""`python -m huiyin.verify FILE`, or `python -m verify FILE` beside this folder."""

import sys

from .command import main

sys.exit(main(sys.argv[1:]))
