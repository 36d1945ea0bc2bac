"""Hands in a notebook whose cells are a text."""

FAILS = "no notebook"


def hand_in(nb, folder):
    return b'{"nbformat": 4, "cells": "all of them", "metadata": {}}'
