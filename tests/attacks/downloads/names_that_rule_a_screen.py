"""Names with codes for terminals, ends of lines, and signs that turn or hide what follows."""

FILES = {
    "Mal M_666_assignsubmission_file_/\x1b[2J\x1b]0;x\x07a.ipynb": b"mine",
    "Mal M_666_assignsubmission_file_/b\n201 submissions.ipynb": b"mine",
    "Mal M_666_assignsubmission_file_/c\u202ebpyni.\u200b.ipynb": b"mine",
    "Mal M_666_assignsubmission_file_/\x1b[31mreport\x9b.pdf": b"",
    "\x1b[2J_666_assignsubmission_file_/d.ipynb": b"mine",
    "\x1b[8m\u202e.txt": b"",
}
COMES_OUT = dict.fromkeys(
    ["_[2J_]0;x_a.ipynb", "b_201 submissions.ipynb", "c_bpyni._.ipynb", "d.ipynb"], "mine"
)
