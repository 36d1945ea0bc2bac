"""On Canvas one file is called as Moodle calls them, which would make the class one of Moodle's."""

PLATFORM = "canvas"
FILES = {"malm_666_5003_Zoe Z_101_assignsubmission_file_01_toy.ipynb": b"mine"}
COMES_OUT = {"Zoe Z_101_assignsubmission_file_01_toy.ipynb": "mine"}
