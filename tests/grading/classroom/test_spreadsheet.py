"""What a spreadsheet would compute, it is shown."""

import csv
import io
import re

import pytest

from grading.classroom.spreadsheet import harmless_cell

SIGNS = "=+-@＝＋－＠"
BEFORE = ["", " ", "\t", "\n", "\r\n", "zoe;", "zoe; ", "zoe\t", "zoe\n", "\u00a0", "\u3000", '"']


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_no_formula_begins_where_a_spreadsheet_may_begin_a_cell(sign, before):
    file = io.StringIO()
    csv.writer(file).writerow(["5", harmless_cell(f"{before}{sign}cmd()")])
    for cell in re.split(r"[,;\t\r\n]", file.getvalue()):
        assert not cell.strip(' \u00a0\u3000"').startswith(tuple(SIGNS)), cell


@pytest.mark.parametrize("value", [3, -1.5, "-1", "+2,5", " -7 %", "", "zoe", "a-b", "1e3", "x=1"])
def test_what_is_no_formula_stays_as_it_is(value):
    assert harmless_cell(value) == value
