"""What all parts of the stand-in say alike: amounts, times, conditions, refusals."""
import time

UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "m": 1e-3}


def quantity(text):
    text = str(text)
    for suffix, factor in UNITS.items():
        if text.endswith(suffix):
            return float(text[: -len(suffix)]) * factor
    return float(text)


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def condition(kind, reason=None, message=None, status="True"):
    found = {"type": kind, "status": status, "lastTransitionTime": now()}
    if reason:
        found["reason"] = reason
    if message:
        found["message"] = message
    return found


class Refusal(Exception):
    """An answer of the API that is none of the good ones."""

    def __init__(self, code, reason, message):
        super().__init__(message)
        self.body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
                     "reason": reason, "code": code}
        self.code = code


def missing(kind, name):
    return Refusal(404, "NotFound", f'{kind} "{name}" not found')


def existing(kind, name):
    return Refusal(409, "AlreadyExists", f'{kind} "{name}" already exists')
