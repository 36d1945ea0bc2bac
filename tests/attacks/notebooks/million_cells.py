"""Hands in a million cells."""

FAILS = "too large"


def hand_in(nb, folder):
    return b'{"nbformat": 4, "cells": [' + b"{}," * 10**6 + b"{}]}"
