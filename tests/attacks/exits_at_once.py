"""Ends its own process in its cell."""

import os

os._exit(0)
