"""An app that takes very long to load."""

import os
import time
from pathlib import Path

Path(os.environ["RECORD"]).write_text("loading\n")
time.sleep(600)
