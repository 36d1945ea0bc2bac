"""Honest but untidy submissions of the toy course, as data.

`CASES` holds them all by the student's name. `GRADED` names some of each kind and of each trouble,
which go through the whole command; the others are cleaned alone, or cleaned and judged.
"""

from tests.support.untidy import answers, cells, files, marks, own_cells, running  # noqa: F401
from tests.support.untidy.case import CASES

GRADED = (
    "it_is_tidy",
    "it_is_untouched",
    "warnings_and_log_lines_go_to_stderr",
    "an_endless_loop_in_one_exercise",
    "an_endless_loop_in_a_cell_of_its_own",
    "an_exercise_is_renamed",
    "a_helper_uses_what_a_demonstration_computed",
    "a_cell_is_copied_below_its_check",
    "all_but_the_exercises_is_deleted",
    "checks_are_copied",
    "cells_are_moved",
    "an_exercise_is_typed_into_its_check",
    "a_written_answer_is_made_code",
    "a_changed_check_has_lost_its_mark",
    "all_metadata_are_lost",
    "the_format_of_2013",
    "outputs_are_huge",
    "with_other_files",
    "called_in_another_script",
    "Łukasz Żółć",
    "学生",
    "O'Brien, Ana (2)",
)

__all__ = ["CASES", "GRADED"]
