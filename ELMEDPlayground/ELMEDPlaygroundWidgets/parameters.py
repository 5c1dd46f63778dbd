"""The playground's state, saved with the scene."""

from slicer.parameterNodeWrapper import parameterNodeWrapper


@parameterNodeWrapper
class ELMEDPlaygroundParameterNode:
    """The experiment of one scene.

    Attributes:
        spec: data, network and settings as JSON, "" for the first experiment that is offered.
        state: the experiment with its weights as JSON, "" for one that begins anew. It is written
            when the scene is saved.
        views: the names of the views that are shown.
        notes: what pages keep beside the experiment, as JSON by page.
        stopAt: the step at which the training pauses by itself, 0 for none.
    """

    spec: str = ""
    state: str = ""
    views: list[str]
    notes: str = ""
    stopAt: int = 0
