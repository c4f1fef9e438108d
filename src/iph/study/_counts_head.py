"""What exact and protected counts say of themselves: by what they were counted."""

import json
from typing import Any, Final, NoReturn
from typing import Protocol as Shape

from iph.criteria._criterion import Criteria
from iph.errors import InputError
from iph.protocol._digest import digest_of
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.study._selection import EVERYBODY

OPTIONS: Final = ("population", "by", "recovery_group", "coagulation", "volume")
HEAD: Final = ("protocol", "criteria", *OPTIONS)


class Counted(Shape):
    """Counts of either kind."""

    @property
    def protocol(self) -> Protocol[Any]: ...
    @property
    def criteria(self) -> Criteria: ...


def asked(counts: Counted) -> dict[str, Any]:
    """Return what must be equal in counts that add up, as the file has it."""
    return {
        "protocol": counts.protocol.digest,
        "criteria": digest_of(counts.criteria),
        **{name: getattr(counts, name) for name in OPTIONS},
    }


def read_head(
    text: str,
    kind: tuple[str, str],
    others: frozenset[str],
    protocol: Protocol[Any],
    criteria: Criteria | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return by what counts were made, and all that their JSON holds.

    `kind` is what the counts are called, and the format of their file. The protocol and
    the criteria stand in the file as digests, and must be those given here.
    """
    called, wanted = kind
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("text", f"JSON of {called}", str(error)) from None
    if not isinstance(content, dict) or content.get("format") != wanted:
        found = content.get("format") if isinstance(content, dict) else type(content)
        raise InputError("text", f"of the format {wanted}", found)
    keys = {"format", *HEAD, "synthetic", *others}
    if content.keys() != keys:
        odd = sorted(content.keys() ^ keys)
        raise InputError("text", f"an object with {', '.join(sorted(keys))}", odd)
    for name in HEAD:
        if not isinstance(content[name], str):
            raise InputError(name, "a text", content[name])
    if not isinstance(content["synthetic"], bool):
        raise InputError("synthetic", "true or false", content["synthetic"])
    chosen = criteria or protocol.criteria or EVERYBODY
    for name, digest in (
        ("protocol", protocol.digest),
        ("criteria", digest_of(chosen)),
    ):
        if content[name] != digest:
            raise InputError(
                name,
                f"the one by which the counts were made ({content[name][:12]})",
                digest[:12],
                f"give the {name} of the hospital that has counted",
            )
    options = {name: content[name] for name in (*OPTIONS, "synthetic")}
    return {"protocol": protocol, "criteria": chosen, **options}, content


_DEFAULTS: Final = {
    "population": "included",
    "coagulation": "laboratory-or-history",
    "volume": "ellipsoid",
}


def check_made_alike(
    counts: Counted,
    protocol: Protocol[Any],
    criteria: Criteria | None,
    beside: dict[str, Any],
    given: dict[str, Any],
) -> None:
    """Refuse what would have to be chosen before patients are counted."""
    for name, table in beside.items():
        if table is not None:
            raise InputError(name, "None beside counts", table)
    hint = "count again with it: it cannot be chosen once patients are counted"
    if protocol is not LI_2023_PROTOCOL and protocol.digest != counts.protocol.digest:
        raise InputError(
            "protocol", f"that of the counts ({counts.protocol})", protocol
        )
    if criteria is not None and criteria != counts.criteria:
        name = counts.criteria.name
        raise InputError(
            "criteria", f"those of the counts ({name})", criteria.name, hint
        )
    for name, value in given.items():
        made = getattr(counts, name)
        if value not in {None, made, _DEFAULTS.get(name)}:
            raise InputError(name, f"that of the counts ({made!r})", value, hint)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no count and no value")
