"""The plan of an analysis in a file, to be held against the study later."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from iph._checks import whole
from iph._opening import opened
from iph._options import each, instance, pathname, switch, wording
from iph._saving import replacing
from iph.design._analysis_plan import Plan
from iph.design._plan_items import PlanItem
from iph.design._plan_shells import Shell
from iph.errors import FileError

PLAN_FORMAT: Final = 1
_KIND: Final = "iph analysis plan"


def plan_text(plan: Plan) -> str:
    """Return a plan as JSON, to be kept and read again."""
    held = {"kind": _KIND, "format": PLAN_FORMAT, **attrs.asdict(plan)}
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def write_plan_file(
    plan: Plan, path: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Keep a plan in a file, to be held against the study when it is done.

    Parameters
    ----------
    plan : Plan
        What `plan` made.
    path : str or path
        The file to write, JSON.
    overwrite : bool, default: False
        Whether a file that is there already is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    iph.errors.FileError
        If there is such a file, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from iph.design import plan, write_plan_file
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_plan_file(plan(LI_2023_PROTOCOL), f"{place}/plan.json").name
    'plan.json'
    """
    instance(plan, "plan", Plan, "a Plan", "use iph.design.plan(protocol)")
    target = pathname(path)
    with replacing(target, overwrite=switch(overwrite, "overwrite")) as draft:
        draft.write_text(plan_text(plan), encoding="utf-8")
    return target


def read_plan_file(path: str | os.PathLike[str]) -> Plan:
    """Read a plan that was kept in a file.

    Parameters
    ----------
    path : str or path
        The file, as `write_plan_file` wrote it.

    Returns
    -------
    Plan
        The same plan.

    Raises
    ------
    iph.errors.FileError
        If it cannot be read, or is no plan, or one of a later format.

    Examples
    --------
    >>> import tempfile
    >>> from iph.design import plan, read_plan_file, write_plan_file
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> made = plan(LI_2023_PROTOCOL)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = write_plan_file(made, f"{place}/plan.json")
    ...     read_plan_file(path) == made
    True
    """
    file = pathname(path)
    opened(file)
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(str(path), f"cannot be read ({reason})") from error
    except (ValueError, RecursionError) as error:
        raise FileError(str(path), "is not JSON", "write it by `plan`") from error
    if not isinstance(held, dict) or held.get("kind") != _KIND:
        raise FileError(str(path), "is no plan of an analysis", "write it by `plan`")
    if held.get("format") != PLAN_FORMAT:
        problem = f"has format {held.get('format')}; this version reads {PLAN_FORMAT}"
        raise FileError(str(path), problem, "update iph")
    try:
        return _plan_of(held)
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(str(path), "is damaged", "write it again by `plan`") from error


def _plan_of(held: Mapping[str, Any]) -> Plan:
    n = held["n_planned"]
    return Plan(
        title=_text(held["title"]),
        condition=_text(held["condition"]),
        protocol_digest=_text(held["protocol_digest"]),
        version=_text(held["version"]),
        items=tuple(
            PlanItem(
                topic=_text(one["topic"]),
                name=_text(one["name"]),
                text=_text(one["text"]),
            )
            for one in held["items"]
        ),
        sample_size=_texts(held["sample_size"]),
        n_planned=None if n is None else whole(n, "n_planned"),
        words=tuple((_text(topic), _text(text)) for topic, text in held["words"]),
        shells=tuple(
            Shell(
                name=_text(one["name"]),
                title=_text(one["title"]),
                header=_texts(one["header"]),
                rows=tuple(_texts(row) for row in one["rows"]),
            )
            for one in held["shells"]
        ),
    )


def _text(held: Any) -> str:
    return wording(held, "a part of the plan")


def _texts(held: Any) -> tuple[str, ...]:
    return tuple(_text(one) for one in each(held, "a part of the plan", "a list"))
