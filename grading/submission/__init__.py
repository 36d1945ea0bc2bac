"""From what a student handed in to a clean notebook."""
