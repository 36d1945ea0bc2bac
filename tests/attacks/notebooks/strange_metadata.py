"""Has numbers, lists and nothing where there should be texts and objects; all is right."""

COMES_OUT = {}


def hand_in(nb, folder):
    odd = [{"cell_type": "code"}, {}, 7, None, [], {"metadata": 1, "source": {"a": 1}, "id": []}]
    odd += [{"cell_type": [], "metadata": {"nbgrader": 1}, "outputs": 3, "source": [1, None]}]
    odd += [{"metadata": {"nbgrader": {"grade_id": [1]}}, "attachments": 1, "source": "\ud800"}]
    nb["cells"] = odd + nb["cells"] + odd
    nb["metadata"] = []
    return nb
