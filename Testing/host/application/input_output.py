"""Reading and writing files, as `slicer.app.ioManager()` does it: with real MRML storage nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slicer
import vtk
from PySide6.QtCore import QObject, Signal

from host import session
from host.pythonqt.classes import stands_in

_STORABLE = {
    "TableFile": ("vtkMRMLTableNode", "vtkMRMLTableStorageNode"),
    "TransformFile": ("vtkMRMLTransformNode", "vtkMRMLTransformStorageNode"),
    "ModelFile": ("vtkMRMLModelNode", "vtkMRMLModelStorageNode"),
    "TextFile": ("vtkMRMLTextNode", "vtkMRMLTextStorageNode"),
    "ColorTableFile": ("vtkMRMLColorTableNode", "vtkMRMLColorTableStorageNode"),
}
_BY_EXTENSION = {
    ".mrml": "SceneFile",
    ".mrb": "SceneFile",
    ".seg.nrrd": "SegmentationFile",
    ".nrrd": "VolumeFile",
    ".nhdr": "VolumeFile",
    ".nii": "VolumeFile",
    ".nii.gz": "VolumeFile",
    ".mha": "VolumeFile",
    ".dcm": "VolumeFile",
    ".csv": "TableFile",
    ".tsv": "TableFile",
    ".tfm": "TransformFile",
    ".h5": "TransformFile",
    ".vtk": "ModelFile",
    ".stl": "ModelFile",
    ".mrk.json": "MarkupsFile",
    ".txt": "TextFile",
    ".ctbl": "ColorTableFile",
}


def base_name(path: str) -> str:
    """Return a file's name up to its first dot, as Qt's `baseName`."""
    return Path(path).name.partition(".")[0]


@stands_in
class qSlicerCoreIOManager(QObject):
    """Reads nodes from files and writes them."""

    newFileLoaded = Signal("QVariantMap")
    fileSaved = Signal("QVariantMap")

    def fileType(self, path: str) -> str:
        """Return what kind of file a name speaks of."""
        lower = str(path).lower()
        fitting = [ending for ending in _BY_EXTENSION if lower.endswith(ending)]
        return _BY_EXTENSION[max(fitting, key=len)] if fitting else "NoFile"

    def loadNodes(
        self, kind: str, properties: dict[str, Any], loaded: Any = None, messages: Any = None
    ) -> bool:
        """Read a file into the scene; the nodes go to `loaded`."""
        path = properties["fileName"]
        readers = {
            "SceneFile": self._read_scene,
            "VolumeFile": self._read_volume,
            "SegmentationFile": self._read_segmentation,
            "MarkupsFile": self._read_markups,
        }
        reader = readers.get(kind)
        if reader is None and kind not in _STORABLE:
            return False
        if kind != "SceneFile" and not Path(path).exists():
            if messages is not None:
                messages.AddMessage(vtk.vtkCommand.ErrorEvent, f"File not found: {path}")
            return False
        node = reader(path, properties) if reader else self._read_storable(kind, path, properties)
        if node is None or node is False:
            return False
        if loaded is not None and node is not True:
            loaded.AddItem(node)
        return True

    def _read_scene(self, path: str, properties: dict[str, Any]) -> bool:
        scene = session.current().core.scene
        if str(path).lower().endswith(".mrb"):
            return bool(scene.ReadFromMRB(str(path), bool(properties.get("clear", False))))
        scene.SetURL(str(path))
        return bool(scene.Connect() if properties.get("clear", False) else scene.Import())

    def _read_volume(self, path: str, properties: dict[str, Any]) -> Any:
        core = session.current().core
        flags = (("labelmap", 1), ("center", 2), ("singleFile", 4), ("autoWindowLevel", 8))
        options = sum(bit for name, bit in flags if properties.get(name))
        options += 16 if properties.get("discardOrientation") else 0
        name = properties.get("name") or base_name(path)
        node = core.volumes_logic.AddArchetypeVolume(str(path), name, options)
        if node is not None and properties.get("show", True):
            selection = core.app_logic.GetSelectionNode()
            if node.IsA("vtkMRMLLabelMapVolumeNode"):
                selection.SetActiveLabelVolumeID(node.GetID())
            else:
                selection.SetActiveVolumeID(node.GetID())
            core.app_logic.PropagateVolumeSelection()
        return node

    def _read_segmentation(self, path: str, properties: dict[str, Any]) -> Any:
        opacities = bool(properties.get("autoOpacities", True))
        name = properties.get("name") or None
        logic = session.current().core.segmentations_logic
        return logic.LoadSegmentationFromFile(str(path), opacities, name)

    def _read_markups(self, path: str, properties: dict[str, Any]) -> Any:
        logic = slicer.modules.markups.logic()
        node_id = logic.LoadMarkups(str(path), properties.get("name") or base_name(path))
        return slicer.mrmlScene.GetNodeByID(node_id) if node_id else None

    def _read_storable(self, kind: str, path: str, properties: dict[str, Any]) -> Any:
        node_class, storage_class = _STORABLE[kind]
        scene = session.current().core.scene
        storage = getattr(slicer, storage_class)()
        storage.SetFileName(str(path))
        name = properties.get("name") or base_name(path)
        node = scene.AddNewNodeByClass(node_class, scene.GetUniqueNameByString(name))
        if not storage.ReadData(node):
            scene.RemoveNode(node)
            return None
        scene.AddNode(storage)
        node.SetAndObserveStorageNodeID(storage.GetID())
        return node

    def loadScene(self, path: str, clear: bool = True, messages: Any = None) -> bool:
        """Read a scene, in place of the present one unless `clear` is False."""
        return self.loadNodes("SceneFile", {"fileName": path, "clear": clear}, None, messages)

    def fileWriterFileType(self, node: Any, _format: str = "") -> str:
        """Return which kind of file a node is written to."""
        if node.IsA("vtkMRMLSegmentationNode"):
            return "SegmentationFile"
        if node.IsA("vtkMRMLVolumeNode"):
            return "VolumeFile"
        if node.IsA("vtkMRMLMarkupsNode"):
            return "MarkupsFile"
        fitting = [kind for kind, (node_class, _) in _STORABLE.items() if node.IsA(node_class)]
        return fitting[0] if fitting else "NoFile"

    def saveNodes(
        self,
        kind: str,
        properties: dict[str, Any],
        messages: Any = None,  # noqa: ARG002 - Slicer's signature
        scene: Any = None,
    ) -> bool:
        """Write one node, or the scene."""
        path = str(properties["fileName"])
        scene = scene or session.current().core.scene
        if kind == "SceneFile":
            return self._write_scene(scene, path)
        node = scene.GetNodeByID(properties["nodeID"])
        if node.GetStorageNode() is None:
            node.AddDefaultStorageNode()
        storage = node.GetStorageNode()
        storage.SetFileName(path)
        if "useCompression" in properties:
            storage.SetUseCompression(int(properties["useCompression"]))
        return bool(storage.WriteData(node))

    def _write_scene(self, scene: Any, path: str) -> bool:
        lower = path.lower()
        if lower.endswith(".mrb"):
            return bool(scene.WriteToMRB(path))
        if lower.endswith(".mrml"):
            scene.SetURL(path)
            scene.SetRootDirectory(str(Path(path).parent))
            return bool(scene.Commit())
        return bool(scene.SaveSceneToSlicerDataBundleDirectory(path))

    def addDefaultStorageNodes(self) -> None:
        """Give every node that can be stored a storage node."""
        for node in slicer.util.getNodesByClass("vtkMRMLStorableNode"):
            if node.GetStorageNode() is None and node.GetSaveWithScene():
                node.AddDefaultStorageNode()

    def openSaveDataDialog(self) -> bool:
        """Ask what to save: recorded, as nobody answers."""
        session.current().dialogs.record("openSaveDataDialog", "")
        return False

    def openAddDataDialog(self) -> bool:
        """Ask what to load: recorded, as nobody answers."""
        session.current().dialogs.record("openAddDataDialog", "")
        return False

    openAddVolumeDialog = openAddDataDialog
