"""Says that it is of versions that do not exist; all is right."""

COMES_OUT = {}


def hand_in(nb, folder):
    strange = [99, -1, "latest", None, [], 10**30]
    for i, cell in enumerate(nb["cells"]):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = strange[i % len(strange)]
    nb["nbformat"], nb["nbformat_minor"] = 4, 10**6
    nb["metadata"]["kernelspec"] = {"name": "bash", "display_name": "<script>", "language": "sh"}
    nb["metadata"]["language_info"] = {"name": "../../etc", "file_extension": "/x"}
    return nb
