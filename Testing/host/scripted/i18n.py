"""`slicer.i18n`: translation; the host speaks the language of the source."""

__all__ = ["getContext", "tr", "translate"]


def getContext(sourceFile: str) -> str:
    """Return the context name of a source file."""
    return sourceFile.rpartition("/")[2].partition(".")[0]


def tr(text: str) -> str:
    """Return the text in the user's language."""
    return text


def translate(context: str, text: str) -> str:  # noqa: ARG001
    """Return the text of a context in the user's language."""
    return text
