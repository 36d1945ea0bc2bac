"""A name that no file system takes, with a character where it has to be cut."""

PLATFORM = "canvas"
FILES = {f"malm_666_5003_x{'é' * 200}.ipynb": b"mine"}
COMES_OUT = {f"x{'é' * 124}.ipynb": "mine"}
