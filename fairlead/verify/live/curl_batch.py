"""How does curl send a batch of requests, and what does its output say of each? One run of curl, as text in and out.

The options are those of curl's man page; a variable that is unknown to a curl before 7.75 comes out empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fairlead.verify.sending import BODY_LIMIT, HELD, OPEN, TIMEOUT, Answer, Sent
from fairlead_mesh.model.traffic.outcome import CLOSED, NO_NAME, REFUSED, RESET, TLS

_KINDS = {
    **dict.fromkeys((5, 6), NO_NAME),
    7: REFUSED,
    28: TIMEOUT,
    **dict.fromkeys((18, 52), CLOSED),
    **dict.fromkeys((55, 56), RESET),
    **dict.fromkeys((35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98), TLS),
}
"""Exit code of curl -> the word of an answer without a status (curl's man page, EXIT CODES)."""
_RESET = re.compile(r"reset by peer|ECONNRESET", re.IGNORECASE)
_CLOSED = re.compile(r"empty reply|closed|unexpected eof", re.IGNORECASE)
_TIMED_OUT, _OTHER_GREETING = 28, 8
_TCP = "tcp: "
"""What stands before curl's words where it was a connection without HTTP."""
_NO_GREETING = re.compile(r"with 0 bytes received|response timeout", re.IGNORECASE)
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r", "\v": "\\v"}
_ENDS_HEADERS = b"\r\n\r\n"
_STATUS_LINE = re.compile(rb"HTTP/[\d.]+ (\d{3})")


def curl_command(per_second: float) -> list[str]:
    """Without its file of options, whose name follows."""
    rate = f"{max(1, int(per_second))}/s" if per_second >= 1 else f"{max(1, int(per_second * 60))}/m"
    return ["curl", "-q", "--silent", "--rate", rate, "--config"]


def curl_config(requests: Sequence[Sent], mark: str) -> str:
    """The options of a batch. `mark` is a word that no answer has, as nobody else knows it."""
    return "next\n".join(f"{_lines(each, mark)}\n" for each in requests)


def _lines(sent: Sent, mark: str) -> str:
    request, name = sent.request, sent.request.to
    if request.scheme == "tcp":
        return _held(sent, mark)
    if request.scheme == "https":
        name = request.sni or request.to
    elif sent.connect:
        name = sent.connect.host
    host, port = (sent.connect.host, sent.connect.port) if sent.connect else (request.to, request.port)
    scheme = "https" if request.scheme == "https" else "http"
    headers = {"user-agent": "", "accept": "", **request.headers, **sent.headers}
    options: list[tuple[str, str]] = [
        ("url", f"{scheme}://{_bracketed(name)}:{port}{request.path}"),
        ("connect-to", f"::{_bracketed(host)}:{port}"),
        ("header", f"Host: {request.authority}"),
        ("header", "Connection: close"),
        *(("header", f"{key}: {value}" if value else f"{key}:") for key, value in headers.items()),
        ("noproxy", "*"),
        ("max-time", f"{sent.within:g}"),
        ("output", "-"),
        ("write-out", f"\n{mark} %{{exitcode}} %{{http_code}} %{{time_total}} %{{errormsg}}\n"),
    ]
    flags = ["http1.1", "path-as-is", "globoff", "insecure", "include"]
    if request.method == "HEAD":
        flags.append("head")
    else:
        options.append(("request", request.method))
    return "\n".join([*(f"{key} = {_quoted(value)}" for key, value in options), *flags])


def _held(sent: Sent, mark: str) -> str:
    """A connection on which curl waits for the greeting of a server of POP3, and sends nothing before."""
    host, port = (sent.connect.host, sent.connect.port) if sent.connect else (sent.request.to, sent.request.port)
    options = [
        ("url", f"pop3://{_bracketed(host)}:{port}/"),
        ("noproxy", "*"),
        ("connect-timeout", f"{sent.within:g}"),
        ("max-time", f"{HELD:g}"),
        ("output", "-"),
        ("write-out", f"\n{mark} %{{exitcode}} %{{http_code}} %{{time_total}} {_TCP}%{{errormsg}}\n"),
    ]
    return "\n".join(f"{key} = {_quoted(value)}" for key, value in options)


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPED.get(letter, letter) for letter in text) + '"'


def curl_answers(output: bytes, mark: str, began: float) -> Iterator[Answer]:
    """One a request, in order, as far as curl came. `began` is when it started, in seconds since 1970."""
    at, end, form = 0, began, re.compile(rb"\n" + mark.encode() + rb" (\d*) (\d*) ([\d.]*) ([^\n]*)\n")
    for found in form.finditer(output):
        code, status, seconds, why = (each.decode(errors="replace") for each in found.groups())
        taken = float(seconds or 0)
        yield replace(
            _answer(output[at : found.start()], int(code or -1), int(status or 0), why), seconds=taken, sent_at=end
        )
        at, end = found.end(), end + taken


def _answer(text: bytes, code: int, status: int, why: str) -> Answer:
    if code > 0 or not status:
        return Answer(error=error_of(code, why), why=why.strip() or f"curl ended with {code}")
    pairs: list[tuple[str, str, str]] = []
    while found := _STATUS_LINE.match(text):
        head, _, text = text.partition(_ENDS_HEADERS)
        pairs = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]]
        # The answer itself follows one of 100; a body may begin with anything.
        if not found.group(1).startswith(b"1"):
            break
    headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    return Answer(status=status, headers=tuple(headers), body=text[:BODY_LIMIT])


def error_of(code: int, why: str) -> str:
    """The word of a failure: a reset while TLS is set up is a reset, an open connection one without a greeting."""
    if why.startswith(_TCP) and (code == _OTHER_GREETING or (code == _TIMED_OUT and _NO_GREETING.search(why))):
        return OPEN
    if code in (35, 55, 56):
        if _RESET.search(why):
            return RESET
        if _CLOSED.search(why):
            return CLOSED
    return _KINDS.get(code, CLOSED)
