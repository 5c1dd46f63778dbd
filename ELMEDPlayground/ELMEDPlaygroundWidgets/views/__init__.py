"""The views of an experiment, in the order of their tabs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ELMEDPlaygroundWidgets.views.base import View

ALL_VIEWS: list[str] = [
    "ELMEDPlaygroundWidgets.views.points_map:DecisionMapView",
    "ELMEDPlaygroundWidgets.views.points_map:NeuronsView",
    "ELMEDPlaygroundWidgets.views.curves:CurvesView",
    "ELMEDPlaygroundWidgets.views.hidden_space:HiddenSpaceView",
    "ELMEDPlaygroundWidgets.views.representations:RepresentationsView",
    "ELMEDPlaygroundWidgets.views.probe:ProbeView",
    "ELMEDPlaygroundWidgets.views.weights:WeightsView",
    "ELMEDPlaygroundWidgets.views.images_confusion:ConfusionView",
    "ELMEDPlaygroundWidgets.views.images_confusion:MistakesView",
    "ELMEDPlaygroundWidgets.views.images_kernels:KernelsView",
    "ELMEDPlaygroundWidgets.views.images_features:FeatureMapsView",
    "ELMEDPlaygroundWidgets.views.images_convolution:OneConvolutionView",
    "ELMEDPlaygroundWidgets.views.images_saliency:SaliencyView",
    "ELMEDPlaygroundWidgets.views.images_saliency:GradCamView",
    "ELMEDPlaygroundWidgets.views.images_shift:ShiftView",
    "ELMEDPlaygroundWidgets.views.generated:GeneratedView",
    "ELMEDPlaygroundWidgets.views.noising:NoisingView",
    "ELMEDPlaygroundWidgets.views.score_field:ScoreFieldView",
    "ELMEDPlaygroundWidgets.views.generative_curves:GenerativeCurvesView",
    "ELMEDPlaygroundWidgets.views.slices_walk:SlicesWalkView",
    "ELMEDPlaygroundWidgets.views.generator_warp:GeneratorWarpView",
    "ELMEDPlaygroundWidgets.views.discriminator_map:DiscriminatorMapView",
    "ELMEDPlaygroundWidgets.views.latent_space:LatentSpaceView",
    "ELMEDPlaygroundWidgets.views.latent_walk:LatentWalkView",
    "ELMEDPlaygroundWidgets.views.reconstruction:ReconstructionView",
    "ELMEDPlaygroundWidgets.views.text_written:TextWrittenView",
    "ELMEDPlaygroundWidgets.views.text_next:TextNextView",
    "ELMEDPlaygroundWidgets.views.text_attention:TextAttentionView",
    "ELMEDPlaygroundWidgets.views.text_tokens:TextTokensView",
    "ELMEDPlaygroundWidgets.views.text_curves:TextCurvesView",
]
"""The classes, a line each: `"ELMEDPlaygroundWidgets.views.points_map:DecisionMapView"`."""


def makeViews() -> list[View]:
    """Return one of each view."""
    views = []
    for path in ALL_VIEWS:
        module, _, name = path.partition(":")
        views.append(getattr(importlib.import_module(module), name)())
    return views
