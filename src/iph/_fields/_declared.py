"""The declared fields of a class, and their values as cells of a table."""

import enum
from typing import Any, Final

import attrs

from iph._bound import Bound
from iph._fields._converting import KEY
from iph._fields._declaration import Declaration, Kind, sorted_values


@attrs.frozen(kw_only=True)
class DeclaredField:
    """A declared field and where it stands.

    Attributes
    ----------
    name : str
        The attribute's name, and the name of the table column.
    path : tuple of str
        The attributes from the outermost object to the value.
    owner : type
        The class that declares it.
    declaration : Declaration
        What it is.
    """

    name: str
    path: tuple[str, ...]
    owner: type[Any]
    declaration: Declaration

    def value_of(self, instance: object) -> Any:
        """Return the field's value; None if a part on the way is not recorded."""
        value: Any = instance
        for step in self.path:
            if value is None:
                return None
            value = getattr(value, step)
        return value


def declared_fields(cls: type[Any]) -> tuple[DeclaredField, ...]:
    """Return all declared fields of a class, those of its parts in their place.

    A part that is always there, the course, comes last: a subclass adds its own fields
    before it. What is found is kept on the class, and goes when the class goes.
    """
    if _DECLARED not in cls.__dict__:
        setattr(cls, _DECLARED, _declared_fields(cls))
    found: tuple[DeclaredField, ...] = cls.__dict__[_DECLARED]
    return found


_DECLARED: Final = "_iph_declared"


def _declared_fields(cls: type[Any]) -> tuple[DeclaredField, ...]:
    found: list[DeclaredField] = []
    last: list[DeclaredField] = []
    for attribute in attrs.fields(cls):
        declared = attribute.metadata.get(KEY)
        if declared is None:
            continue
        if declared.kind is Kind.PART:
            inner = [
                attrs.evolve(field, path=(attribute.name, *field.path))
                for field in declared_fields(declared.part)
            ]
            if declared.required:
                last += inner
            else:
                found += inner
        else:
            found.append(
                DeclaredField(
                    name=attribute.name,
                    path=(attribute.name,),
                    owner=cls,
                    declaration=declared,
                )
            )
    return (*found, *last)


def label_of(option: enum.Enum) -> str:
    """Return an option in words: its label, else its code, or the name of a number."""
    label = getattr(option, "label", None)
    if label is not None:
        return str(label)
    plain = option.name.lower() if isinstance(option.value, int) else option.value
    return str(plain).replace("_", " ")


NO_CHOICE: Final = "none"
CHOICE_SEPARATOR: Final = ";"


def cell(declared: DeclaredField, value: Any) -> Any:
    """Return a field's value as a table cell: number, text, yes/no, or None.

    A set is one text, its codes in the order of their definition with ``;`` between
    them; the empty set is ``none``, since an empty cell says "not recorded". A bound
    is a text as well, such as ``>8``.
    """
    if value is None:
        return None
    if isinstance(value, Bound):
        return str(value)
    if declared.declaration.kind is Kind.CHOICES:
        return CHOICE_SEPARATOR.join(sorted_values(value)) or NO_CHOICE
    return value.value if isinstance(value, enum.Enum) else value
