"""Put the builders on the path of every test."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from hypothesis import settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it to what it starts in the background; what tests start shall hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("shared-machine", deadline=None)  # a busy machine is no failure
settings.load_profile("shared-machine")
