"""The host has PythonQt's manners, and lets nothing through that real Slicer lacks."""

from __future__ import annotations

import pytest


def test_a_property_is_a_value_and_cannot_be_called(host):
    import qt

    button = qt.QPushButton("Apply")
    assert button.text == "Apply"
    with pytest.raises(TypeError, match="not callable"):
        button.text()


def test_setting_a_property_converts_as_pythonqt_does(host):
    import qt

    button, slider = qt.QPushButton(), qt.QSlider()
    button.text = 5
    slider.value = 3.7
    button.enabled = "abc"
    assert (button.text, slider.value, button.enabled) == ("5", 3, True)
    button.setText(None)
    assert button.text == "None"


@pytest.mark.parametrize(
    "mistake",
    [
        lambda w: w.colour,
        lambda w: setattr(w, "colour", "red"),
        lambda w: setattr(w, "setText", 1),
        lambda w: w.isClicked(),
        lambda w: w.textChanged,
    ],
)
def test_an_unknown_attribute_of_a_widget_raises(host, mistake):
    import qt

    with pytest.raises(AttributeError):
        mistake(qt.QPushButton())


def test_a_name_that_qt_ctk_or_slicer_lack_raises(host):
    import ctk
    import qt
    import slicer

    for module, name in (
        (qt, "QMagicButton"),
        (qt, "pyqtSignal"),
        (ctk, "ctkMagicButton"),
        (slicer, "qMRMLMagicWidget"),
        (slicer, "loadVolume"),
        (slicer.util, "loadEverything"),
        (slicer.app, "doEverything"),
    ):
        assert not hasattr(module, name), f"{module}.{name}"


def test_wrong_arguments_raise_value_error(host):
    import qt

    with pytest.raises(ValueError, match="keyword"):
        qt.QPushButton(text="Apply")
    with pytest.raises(ValueError, match="setText"):
        qt.QPushButton().setText("a", "b", "c")


def test_connecting_an_unknown_signal_returns_false_and_says_so(host, capsys):
    import qt

    button = qt.QPushButton()
    assert button.connect("clicked(bool)", print) is True
    assert button.connect("clicked()", print) is True
    assert button.connect("clicked", print) is False
    assert button.connect("pushed()", print) is False
    assert qt.QComboBox().connect("currentIndexChanged(QString)", print) is False
    assert "pushed()" in capsys.readouterr().out


def test_extra_signal_arguments_are_trimmed(host):
    import qt

    button, heard = qt.QPushButton(), []
    button.clicked.connect(lambda: heard.append("none"))
    button.connect("clicked(bool)", heard.append)
    button.connect("clicked(bool)", lambda *everything: heard.append(everything))
    button.click()
    assert heard == ["none", False, (False,)]


def test_a_disconnected_slot_is_silent(host):
    import qt

    button, heard = qt.QPushButton(), []
    button.connect("clicked()", heard.clear)
    slot = lambda: heard.append(1)  # noqa: E731
    button.clicked.connect(slot)
    button.click()
    assert button.clicked.disconnect(slot)
    button.click()
    assert heard == []


def test_an_exception_in_a_slot_is_printed_and_recorded_but_not_raised(host, capsys):
    import qt

    def fails():
        raise RuntimeError("the slot failed")

    button = qt.QPushButton()
    button.connect("clicked()", fails)
    button.click()
    assert [str(error) for error in host.slot_errors] == ["the slot failed"]
    assert "the slot failed" in capsys.readouterr().err
    host.slot_errors.clear()


def test_access_after_delete_raises_value_error(host):
    import qt

    label = qt.QLabel("gone")
    label.delete()
    with pytest.raises(ValueError, match="destroyed"):
        _ = label.text


def test_classes_are_flat_and_inherits_tells_the_truth(host):
    import qt

    button = qt.QPushButton()
    assert not isinstance(button, qt.QWidget)
    assert button.inherits("QWidget")
    assert not button.inherits("QLabel")
    assert button.className() == "QPushButton"


def test_name_is_the_object_name(host):
    import qt

    label = qt.QLabel()
    label.name = "status"
    assert (label.name, label.objectName) == ("status", "status")


def test_enumerations_are_numbers_and_combine(host):
    import qt

    label = qt.QLabel()
    label.alignment = qt.Qt.AlignRight | qt.Qt.AlignVCenter
    assert label.alignment == qt.Qt.AlignRight | qt.Qt.AlignVCenter
    assert qt.QMessageBox.Ok == 1024
    assert qt.QFont.Weight.Bold == qt.QFont.Bold


def test_list_properties_come_back_as_tuples(host):
    import slicer

    selector = slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    assert selector.nodeTypes == ("vtkMRMLScalarVolumeNode",)
    selector.nodeTypes = "ab"
    assert selector.nodeTypes == ("a", "b")


def test_a_python_subclass_paints_and_keeps_its_own_attributes(host):
    import qt

    class Swatch(qt.QWidget):
        def __init__(self):
            super().__init__()
            self.painted = 0

        def paintEvent(self, event):  # noqa: N802 - Qt's name
            super().paintEvent(event)
            painter = qt.QPainter(self)
            painter.fillRect(self.rect, qt.QColor(255, 0, 0))
            painter.end()
            self.painted += 1

    swatch = Swatch()
    swatch.resize(10, 10)
    picture = swatch.grab().toImage()
    assert swatch.painted == 1
    assert qt.QColor(picture.pixel(5, 5)).red() == 255


def test_timers_and_processes_work(host):
    import sys

    import qt

    ticks, timer = [], qt.QTimer()
    timer.setInterval(1)
    timer.connect("timeout()", lambda: ticks.append(1))
    timer.start()
    host.wait_until(lambda: len(ticks) >= 3, timeout=5)
    timer.stop()

    process = qt.QProcess()
    process.start(sys.executable, ["-c", "print(input()[::-1])"])
    process.write(qt.QByteArray(b"glioma\n"))
    assert process.waitForFinished(30000)
    assert process.readAllStandardOutput().data().strip() == b"amoilg"


def test_settings_stay_with_the_host(host):
    import qt
    import slicer

    qt.QSettings().setValue("ELMED/test", True)
    assert slicer.util.settingsValue("ELMED/test", False, converter=slicer.util.toBool) is True
    assert str(host.temporary_path) in slicer.app.slicerUserSettingsFilePath


def test_dialogs_answer_as_under_testing_and_are_recorded(host):
    import qt
    import slicer

    assert slicer.app.testingEnabled()
    slicer.util.errorDisplay("The volume is empty.")
    assert slicer.util.confirmOkCancelDisplay("Go on?") is False
    assert qt.QFileDialog.getOpenFileName(None, "Choose a model") in ("", ("", ""))
    assert qt.QMessageBox().exec_() == 0
    texts = host.dialogs.texts()
    assert "The volume is empty." in texts
    assert "Go on?" in texts


def test_pictures_pass_between_vtk_and_qt(host):
    import qt
    import slicer
    import vtk

    source = vtk.vtkImageCanvasSource2D()
    source.SetScalarTypeToUnsignedChar()
    source.SetNumberOfScalarComponents(3)
    source.SetExtent(0, 7, 0, 7, 0, 0)
    source.SetDrawColor(0, 255, 0)
    source.FillBox(0, 7, 0, 7)
    source.Update()
    image = qt.QImage()
    slicer.qMRMLUtils().vtkImageDataToQImage(source.GetOutput(), image)
    assert (image.width(), qt.QColor(image.pixel(3, 3)).green()) == (8, 255)
