"""What a process does once its model is loaded."""

from __future__ import annotations

import gc


def settle() -> None:
    """Let the garbage collector pass over all that is there now: the model stays as long as the process.

    Else it walks through half a million of the model's words every now and then, and a keystroke waits for it.
    """
    gc.collect()
    gc.freeze()
