"""multilingual-e5-small on onnxruntime: what the embedding and the reader compute with."""
