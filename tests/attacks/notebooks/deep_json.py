"""Hands in lists in lists in lists instead of a notebook."""

FAILS = "no notebook"


def hand_in(nb, folder):
    return b'{"cells": ' + b"[" * 10**6
