"""Layers of a BERT encoder as an ONNX graph, run by onnxruntime.

One text at a time: on a CPU a batch is no faster than its texts one after the other (16 passages of 130 tokens: 314 ms
together, 16 x 20 ms apart), and alone nothing is padded and nothing masked, so that a text has the same vector whatever
stands beside it. `python -m evals.benchmarks.embedding_speed` measures it against torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnxruntime import OrtValue

Float32 = NDArray[np.float32]

_OPSET = 20  # the first with Gelu
_IR_VERSION = 10
_INPUT, _OUTPUT = "hidden_in", "hidden_out"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a BERT encoder's tensors do not tell.

    Attributes:
        hidden: Values of a token.
        heads: Attention heads.
        epsilon: Of the layer normalisation.
    """

    hidden: int
    heads: int
    epsilon: float


class EncoderLayers:
    """Some consecutive layers of a BERT encoder, with post-layer normalisation and exact GELU.

    Safe to use from several threads at once.

    Args:
        weights: Tensors by transformers' names (`encoder.layer.0.attention.self.query.weight`, ...), of any float type.
        layers: Which layers.
        shape: Of the encoder.

    Raises:
        KeyError: A tensor is missing.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.floating]], layers: range, shape: Shape) -> None:
        options = onnxruntime.SessionOptions()
        # Threads that spin while they wait take the core from another question's network.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_mem_pattern = False  # it would keep a memory plan for every length of text
        options.log_severity_level = 3  # errors
        graph = _Graph(weights, shape)
        model = graph.model(layers)
        options.add_external_initializers(
            list(graph.handed_over), [OrtValue.ortvalue_from_numpy(values) for values in graph.handed_over.values()]
        )
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def __call__(self, hidden: Float32) -> Float32:
        """Put the tokens of one text through the layers.

        Args:
            hidden: (tokens, hidden), at least one token.

        Returns:
            The same shape.
        """
        (result,) = self._session.run([_OUTPUT], {_INPUT: hidden})
        return np.asarray(result, dtype=np.float32)


class _Graph:
    """Writes the graph: nodes in order, each named by what it computes."""

    def __init__(self, weights: Mapping[str, NDArray[np.floating]], shape: Shape) -> None:
        self._weights = weights
        self._shape = shape
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self.handed_over: dict[str, Float32] = {}

    def model(self, layers: range) -> bytes:
        """The serialised ONNX model of these layers."""
        head_size = self._shape.hidden // self._shape.heads
        self._constant("by_head", np.array([-1, self._shape.heads, head_size]))
        self._constant("by_token", np.array([-1, self._shape.hidden]))
        self._constant("scale", np.array(head_size**-0.5, np.float32))
        hidden = _INPUT
        for index in layers:
            hidden = self._layer(f"encoder.layer.{index}", hidden)
        self._node("Identity", [hidden], _OUTPUT)
        sizes: list[str | int | None] = ["tokens", self._shape.hidden]
        graph = helper.make_graph(
            self._nodes,
            "encoder_layers",
            [helper.make_tensor_value_info(_INPUT, TensorProto.FLOAT, sizes)],
            [helper.make_tensor_value_info(_OUTPUT, TensorProto.FLOAT, sizes)],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        serialised: bytes = model.SerializeToString()
        return serialised

    def _layer(self, name: str, hidden: str) -> str:
        attended = self._linear(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", hidden))
        hidden = self._normalised_sum(f"{name}.attention.output.LayerNorm", attended, hidden)
        widened = self._linear(f"{name}.intermediate.dense", hidden)
        activated = self._node("Gelu", [widened], f"{name}.intermediate")
        narrowed = self._linear(f"{name}.output.dense", activated)
        return self._normalised_sum(f"{name}.output.LayerNorm", narrowed, hidden)

    def _attention(self, name: str, hidden: str) -> str:
        query = self._node("Mul", [self._linear(f"{name}.query", hidden), "scale"], f"{name}.scaled_query")
        key = self._linear(f"{name}.key", hidden)
        value = self._linear(f"{name}.value", hidden)
        scores = self._node(
            "MatMul", [self._heads(query, (1, 0, 2)), self._heads(key, (1, 2, 0))], f"{name}.scores"
        )  # (heads, tokens, tokens)
        shares = self._node("Softmax", [scores], f"{name}.shares", axis=-1)
        mixed = self._node("MatMul", [shares, self._heads(value, (1, 0, 2))], f"{name}.mixed")
        together = self._node("Transpose", [mixed], f"{name}.mixed_by_token", perm=(1, 0, 2))
        return self._node("Reshape", [together, "by_token"], f"{name}.context")

    def _heads(self, values: str, order: tuple[int, int, int]) -> str:
        by_head = self._node("Reshape", [values, "by_head"], f"{values}.by_head")
        return self._node("Transpose", [by_head], f"{values}.heads", perm=order)

    def _linear(self, name: str, values: str) -> str:
        weight, bias = (self._weight(f"{name}.{part}") for part in ("weight", "bias"))
        return self._node("Gemm", [values, weight, bias], name, transB=1)

    def _normalised_sum(self, name: str, new: str, old: str) -> str:
        total = self._node("Add", [new, old], f"{name}.sum")
        scale, shift = (self._weight(f"{name}.{part}") for part in ("weight", "bias"))
        return self._node("LayerNormalization", [total, scale, shift], name, axis=-1, epsilon=self._shape.epsilon)

    def _node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:  # noqa: ANN401 - an operator's own
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _constant(self, name: str, values: NDArray[np.generic]) -> None:
        self._constants.append(numpy_helper.from_array(values, name))

    def _weight(self, name: str) -> str:
        """Declare a tensor whose values the session is handed apart, so that they are not copied into the model."""
        values = np.ascontiguousarray(self._weights[name], dtype=np.float32)
        self.handed_over[name] = values
        declared = TensorProto(name=name, dims=values.shape, data_type=TensorProto.FLOAT)
        declared.data_location = TensorProto.EXTERNAL
        declared.external_data.add(key="location", value="handed_over")
        self._constants.append(declared)
        return name
