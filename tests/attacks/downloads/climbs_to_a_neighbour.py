"""A path climbs out of the hand-in and into a neighbour's."""

FILES = {
    "Mal M_666_assignsubmission_file_/../Zoe Z_201_assignsubmission_file_/01_toy.ipynb": b"mine",
    "Mal M_666_assignsubmission_file_/../../../../../../tmp/climbed.ipynb": b"mine",
}
COMES_OUT = {}
