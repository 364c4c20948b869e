"""How good the answers are: datasets, metrics, runs and reports. Imports `rag`; `rag` never imports it."""
