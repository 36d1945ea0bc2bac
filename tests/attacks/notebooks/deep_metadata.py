"""Hides objects in objects in objects in a notebook that is fine otherwise."""

import json

FAILS = "no notebook"


def hand_in(nb, folder):
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    return json.dumps(nb).replace('"metadata": {', '"metadata": {"b": ' + deep + ", ", 1).encode()
