"""The instructor's tools: build the notebooks, check the checks, grade a class."""
