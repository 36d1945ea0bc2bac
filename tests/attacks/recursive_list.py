"""Answers with a list that holds itself."""

SAYS = "nested"


def double(x):
    answer = []
    answer.append({"a": answer})
    return answer
