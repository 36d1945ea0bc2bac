"""Both sides of the wall: the jail, the student's process, and the judge outside of it."""
