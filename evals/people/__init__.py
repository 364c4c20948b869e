"""Questions that people wrote on Vietnamese texts: third-party sets that are read from a folder and never shipped."""
