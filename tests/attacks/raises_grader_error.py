"""Raises errors with the names of the grader's own."""


class StudentGoneError(BaseException):
    pass


class TimeoutError(TimeoutError):
    pass


def double(x):
    raise TimeoutError if x == 4 else StudentGoneError("passed")
