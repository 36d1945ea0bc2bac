"""A whole class: its runs, its gradebook, its reports, and the platforms around it."""
