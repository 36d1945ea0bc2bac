"""nbgrader as it is, pointed at this repository's folders."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent
CLASSROOM = ROOT / "classroom"
CLASSROOM.mkdir(exist_ok=True)  # SQLite makes the gradebook, but not the folder it lies in

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.course_id = "vae"  # PostgreSQL refuses an assignment without a course
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = f"sqlite:///{CLASSROOM / 'gradebook.db'}"

c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("your answer goes here")'}
c.ClearSolutions.text_stub = "*Your answer goes here.*"

# Anything on stderr in a check cell would cost its points, TensorFlow's log lines included.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "(?s)."

# Seconds a cell may take, in grading and behind the Validate button.
c.Execute.timeout = 300

# Every kernel would warn that its sockets are not encrypted.
c.Execute.extra_arguments = ["--log-level=ERROR"]

# What students wrote runs nothing and loads nothing, in formgrader and in feedback.
c.HTMLExporter.filters = {
    "markdown2html": "grading.submission.rendering.markdown2html",
    "strip_files_prefix": "grading.submission.rendering.unchanged",
}
c.GenerateFeedback.exporter_class = "grading.classroom.pages.Page"

# Feedback shows the message of a failed check, and never what is hidden in it.
c.GenerateFeedback.preprocessors = [
    "grading.classroom.pages.ClearChecks",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
