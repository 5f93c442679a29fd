"""Talks to the warehouse, which is not always awake."""

import random
import time


def with_retries(call, attempts=5, base=0.2, cap=10.0):
    for attempt in range(attempts):
        try:
            return call()
        except OSError:
            if attempt == attempts - 1:
                raise
            time.sleep(random.uniform(0, min(cap, base * 2**attempt)))
