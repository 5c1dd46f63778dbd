"""What `slicer.app` and its managers are in the host."""

from host.application import (
    core,
    input_output,
    layout_manager,
    main_window,
    modules,
    ui_loader,
)

__all__ = ["core", "input_output", "layout_manager", "main_window", "modules", "ui_loader"]
