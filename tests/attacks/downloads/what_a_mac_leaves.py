"""What a Mac puts into zips looks like notebooks of everybody."""

FILES = {
    "__MACOSX/Zoe Z_201_assignsubmission_file_/._01_toy.ipynb": b"\0\5\x16\7",
    "__MACOSX/Zoe Z_201_assignsubmission_file_/01_toy.ipynb": b"\0\5\x16\7",
    "._Zoe Z_201_assignsubmission_file_/01_toy.ipynb": b"\0\5\x16\7",
    "Mal M_666_assignsubmission_file_/.ipynb_checkpoints/01_toy-checkpoint.ipynb": b"old",
    "Mal M_666_assignsubmission_file_/__MACOSX/._01_toy.ipynb": b"\0\5\x16\7",
    "Mal M_666_assignsubmission_file_/01_toy.ipynb": b"mine",
}
COMES_OUT = {"01_toy.ipynb": "mine"}
