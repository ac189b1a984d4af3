"""One place for what PyTorch builds need before OpenCLIP can be imported.

``import torchvision`` (and so ``import open_clip`` and ``import timm``) registers abstract kernels for its operators
``nms`` and ``qnms``. When torchvision's compiled library does not fit the installed torch - a CPU build of torch beside
a generic torchvision, say - that library is not loaded, the operators were never declared, and the import dies with
``operator torchvision::nms does not exist``. Neither operator is used here, so declaring their schemas is enough.
"""

import importlib
from types import ModuleType
from typing import Any

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_kept: list[Any] = []  # a torch Library takes its declarations back when it is collected


def import_open_clip() -> ModuleType:
    """The ``open_clip`` module; with a torch and torchvision that fit each other this is a plain import."""
    try:
        return importlib.import_module("open_clip")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    _declare_torchvision_operators()
    return importlib.import_module("open_clip")


def _declare_torchvision_operators() -> None:
    """Declare the operators that no compiled library brought; a failed import of torchvision leaves none behind."""
    import torch

    if hasattr(torch.ops.torchvision, "nms"):
        return
    library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for schema in _SCHEMAS:
        library.define(schema)
    _kept.append(library)
