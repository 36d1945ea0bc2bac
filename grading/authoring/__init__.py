"""From a lesson and its checks to the notebooks of the course."""
