"""`SampleData`: modules register their samples; the host only keeps what was registered."""

# ruff: noqa: PLR0917 - Slicer's signatures

from __future__ import annotations

from typing import Any

import slicer


class SampleDataSource:
    """One sample."""

    def __init__(self, **keywords: Any) -> None:
        self.__dict__.update(keywords)


class SampleDataLogic:
    """Where samples are registered."""

    @staticmethod
    def registerCustomSampleDataSource(  # noqa: PLR0913 - Slicer's signature
        category: str = "Custom",
        sampleName: str | None = None,
        uris: Any = None,
        fileNames: Any = None,
        nodeNames: Any = None,
        customDownloader: Any = None,
        thumbnailFileName: str | None = None,
        loadFileTypes: Any = None,
        loadFiles: Any = None,
        loadFileProperties: Any = None,
        checksums: Any = None,
        loadFileType: Any = None,
    ) -> None:
        """Register a sample under a category."""
        keywords = dict(locals())
        if not hasattr(slicer.modules, "sampleDataSources"):
            slicer.modules.sampleDataSources = {}
        sources = slicer.modules.sampleDataSources.setdefault(category, [])
        sources.append(SampleDataSource(**keywords))
