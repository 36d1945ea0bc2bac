"""In an unpacked download, links lead to a secret and to a neighbour's folder."""

COMES_OUT = {"own.ipynb": "mine"}


def lay(folder, secret):
    mine = folder / "Mal M_666_assignsubmission_file_"
    mine.mkdir()
    (mine / "own.ipynb").write_bytes(b"mine")
    (mine / "01_toy.ipynb").symlink_to(secret)
    (mine / "zoe").symlink_to(folder / "Zoe Z_201_assignsubmission_file_")
    (mine / "round").symlink_to(mine)
    (mine / "nowhere.ipynb").symlink_to("nowhere")
    (folder / "Eve E_667_assignsubmission_file_").symlink_to(secret.parent)
