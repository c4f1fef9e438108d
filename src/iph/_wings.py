"""How the wings of a room stand behind one public name.

The files of a wing are private, so what they define must not name them: a pickle that
holds ``iph.stats._survival.logrank`` could not be read once the file is renamed. Each
wing publishes itself when it is first imported, whichever of its modules was asked for.
"""

import inspect
import pkgutil
import re
import sys
from collections import abc
from importlib import import_module
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import numpy.typing as npt

_ARRAY_LIKE: Final = frozenset(get_args(npt.ArrayLike))


class _Words:
    """An annotation in a signature, as a person writes it."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        return self._words


def publish(wing: str, path: list[str]) -> None:
    """Load the modules of a wing and let its public things name the room alone.

    Parameters
    ----------
    wing, path : str and list of str
        The ``__name__`` and ``__path__`` of the wing.
    """
    room = wing.rpartition(".")[0]
    public = frozenset(sys.modules[room].__all__)
    for found in pkgutil.iter_modules(path):
        module = import_module(f"{wing}.{found.name}")
        for name in public & vars(module).keys():
            thing = vars(module)[name]
            if getattr(thing, "__module__", None) == module.__name__:
                thing.__module__ = room
                if inspect.isfunction(thing):
                    # `help` shows this; `__annotations__` stays as it is.
                    thing.__signature__ = _readable(inspect.signature(thing))  # type: ignore[attr-defined] # what `inspect` looks for


def _readable(signature: inspect.Signature) -> inspect.Signature:
    """Return a signature that says ArrayLike where NumPy spells out what that is."""
    parameters = [
        one.replace(annotation=_Words(_words(one.annotation)))
        for one in signature.parameters.values()
    ]
    return signature.replace(parameters=parameters)


def _words(annotation: Any) -> str:
    """Return an annotation as it is written in the source, without module names."""
    if isinstance(annotation, str):
        return annotation
    kind, parts = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return "None"
    if kind in {Union, UnionType}:
        array = ["ArrayLike"] if _ARRAY_LIKE.issubset(parts) else []
        own = [part for part in parts if not array or part not in _ARRAY_LIKE]
        return " | ".join([*array, *map(_words, own)])
    if kind is abc.Mapping:
        return f"Mapping[{', '.join(map(_words, parts))}]"
    return re.sub(r"\b[a-z_.]+\.(?=[A-Z])", "", inspect.formatannotation(annotation))
