"""Networks to choose from, in MONAI's words."""

from __future__ import annotations

from typing import Any

RESIDUAL_UNET: dict[str, Any] = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [16, 32, 64, 128, 256],
    "strides": [2, 2, 2, 2],
    "num_res_units": 2,
    "act": "MISH",
    "norm": "BATCH",
}
"""The network that the course builds: a residual U-Net with Mish.

With one difference: the course keeps MONAI's instance normalisation. That scales whatever a crop
holds to the same spread, also where there is no tumour in it, and such crops came back full of
tumour. Batch normalisation uses what was normal in training instead.
"""

FINE_UNET: dict[str, Any] = {
    "name": "DynUNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "kernel_size": [3, 3, 3, 3, 3],
    "strides": [1, 2, 2, 2, 2],
    "upsample_kernel_size": [2, 2, 2, 2],
    "filters": [16, 32, 64, 128, 160],
    "norm_name": "BATCH",
    "deep_supervision": True,
    "deep_supr_num": 2,
}
"""A plain U-Net in nnU-Net's manner, with features at the full resolution of the working grid."""

SLIM_UNET: dict[str, Any] = {**FINE_UNET, "filters": [8, 16, 32, 64, 128]}
"""`FINE_UNET` at half the width."""

SEGRESNET: dict[str, Any] = {
    "name": "SegResNetDS",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "init_filters": 8,
    "blocks_down": [1, 1, 2, 2, 2],
    "norm": "BATCH",
    "dsdepth": 3,
}
"""The encoder-heavy residual network that Auto3DSeg uses, slim, with deep supervision."""

DESIGNS: dict[str, dict[str, Any]] = {
    "residual-unet": RESIDUAL_UNET,
    "fine-unet": FINE_UNET,
    "slim-unet": SLIM_UNET,
    "segresnet": SEGRESNET,
}
"""By the name that `elmed train --design` takes."""
