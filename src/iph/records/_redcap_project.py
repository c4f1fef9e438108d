"""REDCap projects read through their interface for programs."""

import re
from typing import Any, Final

from iph._cohort import Cohort
from iph.errors import FileError, InputError
from iph.protocol._protocol import P_co, Protocol
from iph.records._event_reading import events_of_table
from iph.records._mapping import column_mapping
from iph.records._reading import examined_tables, the_cohort, with_events
from iph.records._redcap import records_table, unfolded
from iph.records._redcap_events import events_of_records, without_events
from iph.records._sources import asked_of
from iph.records._study import of_study, the_study

_TOKEN: Final = re.compile(r"[0-9A-Fa-f]{32}")


def read_redcap(
    url: str,
    token: str,
    *,
    mapping: Any = None,
    protocol: Protocol[P_co] | None = None,
) -> Cohort[P_co]:
    """Read a REDCap project through its interface for programs.

    How do I analyze the project as it stands today, without an export by hand?

    Parameters
    ----------
    url : str
        The address of the interface, ending in ``/api/``.
    token : str
        Your token: 32 hexadecimal digits. It is never shown in an error.
    mapping, protocol : object
        As for `read`.

    Returns
    -------
    Cohort
        The patients of all records, with their events where the study declares some.

    Raises
    ------
    InputError
        If the token cannot be one.
    FileError
        If the project cannot be reached, or PyCap is not installed.
    RecordErrors
        If anything in the records is wrong; rows are counted from 1.

    See Also
    --------
    redcap_dictionary : A project that is read without a mapping.

    Examples
    --------
    The token of a project is not its name, and it is never shown:

    >>> from iph.records import read_redcap
    >>> read_redcap("https://redcap.example.org/api/", token="my-project")
    Traceback (most recent call last):
    iph.errors.InputError: token must be 32 hexadecimal digits, got '(not shown)'
    """
    if not _TOKEN.fullmatch(str(token)):
        raise InputError("token", "32 hexadecimal digits", "(not shown)")
    try:
        from redcap.project import Project
        from redcap.request import RedcapError
        from requests import RequestException
    except ImportError:
        hint = "pip install 'iph[redcap]'"
        raise FileError(str(url), "reading a project needs PyCap", hint) from None
    try:
        project = Project(url, token)
        records = project.export_records(raw_or_label="raw", event_name="unique")
    except (RequestException, RedcapError, ValueError) as problem:
        said = str(problem).replace(token, "(token)")
        raise FileError(str(url), f"the project cannot be read ({said})") from None
    if not isinstance(records, list):
        raise FileError(str(url), "the project sent no list of records")
    with of_study(protocol):
        meant, wrong = column_mapping(mapping)
        export = records_table(records, name=url)
        asks = bool(the_study().events)
        found = examined_tables(
            [unfolded(without_events(export) if asks else export)],
            name=url,
            mapping=meant,
            errors=wrong,
            asked=asked_of(meant),
        )
        events = events_of_records(records_table(records, name=url)) if asks else None
        if events is not None:
            found = with_events(found, events_of_table(events, found.cohort))
    return the_cohort(found)
