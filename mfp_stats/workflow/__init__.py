"""The steps of a fit and the Python API: open a project, import, fit, look."""
