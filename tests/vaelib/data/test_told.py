"""Where images come from is told to people, and in a notebook to programs, too."""

from types import SimpleNamespace

import IPython
import pytest

from vaelib.data.told import source_of, tell_source


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_without_a_kernel_the_line_is_printed(shell, monkeypatch, capsys):
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    tell_source("Digits: 3 images.", "synthetic")
    assert capsys.readouterr().out == "Digits: 3 images.\n"


def test_in_a_notebook_the_output_has_the_line_and_the_source(monkeypatch, capsys):
    outputs = []

    def publish(data, metadata):
        outputs.append({"output_type": "display_data", "data": data, "metadata": metadata})

    shell = SimpleNamespace(kernel=True, display_pub=SimpleNamespace(publish=publish))
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    tell_source("Digits: 3 images.", "synthetic")
    (output,) = outputs
    assert output["data"] == {"text/plain": "Digits: 3 images."}
    assert source_of(output) == "synthetic"
    assert capsys.readouterr().out == ""


def test_other_outputs_tell_no_source():
    printed = {"output_type": "stream", "text": "synthetic, since MNIST was not found"}
    assert source_of(printed) is None
    assert source_of({"data": {}, "metadata": {}}) is None
