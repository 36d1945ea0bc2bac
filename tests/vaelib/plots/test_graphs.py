"""Graphs of variables: boxes, stochastic nodes, and gradients that pass or stop."""

import pytest
from matplotlib.patches import Circle

from vaelib.plots.graphs import PASSES, STOPS, computation_graph

NODES = {"μ": (0, 0), "z": (1.4, 0), "f": (2.8, 0)}
EDGES = [("μ", "z"), ("z", "f")]


def test_sampled_nodes_are_circles_and_all_have_their_labels():
    ax = computation_graph(NODES, EDGES, sampled=["z"])
    assert [patch.center for patch in ax.patches if isinstance(patch, Circle)] == [(1.4, 0)]
    assert [text.get_text() for text in ax.texts if text.get_text()] == list(NODES)
    arrows = [text for text in ax.texts if not text.get_text()]
    assert len(arrows) == len(EDGES)


@pytest.mark.parametrize(("passes", "crosses"), [(True, 0), (False, 1)])
def test_a_gradient_that_stops_ends_in_a_cross(passes, crosses):
    ax = computation_graph(NODES, EDGES, gradients={("μ", "z"): passes})
    assert len(ax.lines) == crosses
    colours = [text.arrow_patch.get_edgecolor() for text in ax.texts if not text.get_text()]
    assert len(colours) == len(EDGES) + 1
    assert PASSES != STOPS


def test_an_arrow_ends_between_its_nodes():
    ax = computation_graph(NODES, EDGES)
    arrow = next(text for text in ax.texts if not text.get_text())
    (x0, _), (x1, _) = arrow.xyann, arrow.xy
    assert 0.3 <= x0 < x1 <= 1.1
