"""Linear layers whose weights stay, but for a change of low rank that is trained (Hu et al. 2021, LoRA)."""

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


class LowRankLinear(nn.Linear):
    """A linear layer with weights that stay, a bias that is trained, and `up @ down`, trained, added to the weights.

    Attributes:
        up: (outputs, rank), zero before training, so that nothing is changed yet.
        down: (rank, inputs).
    """

    up: nn.Parameter
    down: nn.Parameter

    @classmethod
    def over(cls, layer: nn.Linear, rank: int) -> Self:
        """A layer that computes what `layer` does until it is trained, and shares its tensors."""
        changed = cls(layer.in_features, layer.out_features, device="meta")
        changed.weight, changed.bias = layer.weight, layer.bias
        changed.weight.requires_grad = False
        changed.up = nn.Parameter(torch.zeros(layer.out_features, rank, device=layer.weight.device))
        changed.down = nn.Parameter(torch.empty(rank, layer.in_features, device=layer.weight.device))
        nn.init.uniform_(changed.down, -(layer.in_features**-0.5), layer.in_features**-0.5)
        return changed

    def forward(self, hidden: Tensor) -> Tensor:
        """What the weights, as they are and as they change, make of `hidden` (..., inputs)."""
        return super().forward(hidden) + linear(linear(hidden, self.down), self.up)


def make_low_rank(module: nn.Module, rank: int) -> None:
    """Put a `LowRankLinear` in the place of every linear layer within `module`."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear:
                setattr(parent, name, LowRankLinear.over(child, rank))


def factors_in(module: nn.Module) -> dict[str, tuple[Tensor, Tensor]]:
    """`up` and `down` by the name of the weight that they change."""
    return {
        f"{name}.weight": (layer.up, layer.down)
        for name, layer in module.named_modules()
        if isinstance(layer, LowRankLinear)
    }
