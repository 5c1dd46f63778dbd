"""The panel with all its sections unfolded is reloaded many times, and leaves nothing behind."""

from __future__ import annotations

import gc

NAME = "ELMEDRadiomics"
TIMES = 20


def unfold_everything(host, panel):
    """Open every section, as a curious user does; return how many there are."""
    sections = [
        widget for name, widget in vars(panel.ui).items() if name.endswith("CollapsibleButton")
    ]
    for section in sections:
        section.collapsed = False
    host.process_events()
    return len(sections)


def ticking():
    """How many timers are running in this process."""
    from PySide6.QtCore import QTimer

    gc.collect()
    return sum(isinstance(one, QTimer) and one.isActive() for one in gc.get_objects())


def test_twenty_reloads_of_the_unfolded_panel_leave_nothing_behind(host, slicer):
    from host.counting import ObserverCount, child_processes, standing
    from host.names import ROOT

    observers, before = ObserverCount(), child_processes()
    observers.watch(host.core.scene)
    host.load_module(ROOT / NAME / f"{NAME}.py")
    timers, seen = [], []
    for _ in range(TIMES):
        panel = host.select_module(NAME)
        parameters = host.core.scene.GetSingletonNode(NAME, "vtkMRMLScriptedModuleNode")
        observers.watch(parameters)
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
        node.GetSegmentation().AddEmptySegment("one", "Enhancing tumour")
        observers.watch(node.GetSegmentation())
        assert unfold_everything(host, panel) >= 9
        assert panel.panel.burden.ui is not None
        assert panel.panel.followUp.ui is not None
        host.reload(NAME)
        host.close_scene()
        host.select_module("")
        assert not host.slot_errors
        assert host.dialogs == []
        seen.append(standing(host, observers, before))
        timers.append(ticking())
    # The first visit makes what stays, such as the parameter node.
    assert set(seen[1:]) == {seen[1]}, f"{seen}\n{observers}"
    assert max(timers[1:]) <= timers[1], timers
