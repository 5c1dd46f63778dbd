"""Asking a server for a file, and nothing else: HTTPS, few redirections, no surprises."""

from __future__ import annotations

import ssl
import urllib.request
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError

from ELMEDLib import __version__
from ELMEDLib.errors import DownloadError
from ELMEDSegmentLib.models.entries import is_allowed_url, is_loopback

if TYPE_CHECKING:
    from http.client import HTTPMessage, HTTPResponse

MOST_REDIRECTIONS = 5

RANGE_NOT_SATISFIABLE = 416

TEMPORARY = frozenset({408, 429, 500, 502, 503, 504})
"""Status codes after which trying again may help."""


class InterruptedDownloadError(Exception):
    """The connection failed in a way that may be over at the next try."""


class _Redirections(urllib.request.HTTPRedirectHandler):
    """Follows to safe addresses only: never from HTTPS to HTTP, never into this computer."""

    max_redirections = MOST_REDIRECTIONS
    max_repeats = MOST_REDIRECTIONS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        inwards = is_loopback(newurl) and not is_loopback(req.full_url)
        if not is_allowed_url(newurl) or inwards:
            raise DownloadError(
                "The server sends the download on to an address that is not safe.",
                "Do not use this address; ask the model's makers for another one.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def ask(url: str, headers: dict[str, str], timeout_s: float) -> HTTPResponse | None:
    """Ask for a file, and return the open answer; None when the server has not the range asked for.

    Proxies are those of the system or of the environment (`https_proxy`, `no_proxy`). Certificates
    are checked against those that the system trusts.

    Raises:
        InterruptedDownloadError: the server cannot be reached, or cannot answer now.
        DownloadError: it refuses, or the address is not safe.
    """
    if not is_allowed_url(url):
        raise DownloadError(
            "The model's address is neither HTTPS nor on this computer.",
            "Use an address that begins with https://.",
        )
    # Only what is needed: urllib's own opener would also read files and FTP.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirections(),
    ):
        opener.add_handler(handler)
    # No compression on the way: the bytes are counted and checked as they are published.
    usual = {"User-Agent": f"ELMED/{__version__}", "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, headers={**usual, **headers})  # noqa: S310 - checked above
    try:
        response: Any = opener.open(request, timeout=timeout_s)
    except HTTPError as error:
        error.close()
        if error.code == RANGE_NOT_SATISFIABLE:
            return None
        raise _refusal(error.code) from error
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise DownloadError(
                "The server cannot prove that it is the one that was asked for.",
                "Ask your network's administrators whether they look into connections; else do not "
                "use this address.",
            ) from error
        raise InterruptedDownloadError(str(reason)) from error
    answer: HTTPResponse = response
    return answer


def _refusal(code: int) -> Exception:
    if code in TEMPORARY:
        return InterruptedDownloadError(f"the server answers {code}")
    if 300 <= code < 400:  # noqa: PLR2004 - urllib's word for redirections that it does not follow
        return DownloadError(
            "The server sends the download on and on, or to an address that is not safe.",
            "Do not use this address; tell the model's makers.",
        )
    return DownloadError(
        f"The server does not give the file (it answers {code}).",
        "Check whether the model is still offered, or update ELMED.",
    )
