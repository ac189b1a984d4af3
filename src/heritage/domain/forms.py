"""The Object ID form: what is printed of a record, worded already, laid out by `heritage.registries.object_id_form`."""

from dataclasses import dataclass

from heritage.domain.access import Handling


@dataclass(frozen=True, slots=True)
class FormPicture:
    """A photograph to print: a JPEG derivative without metadata, never an original, and what stands under it."""

    jpeg: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ObjectIdForm:
    """One record to print. ``facts`` and ``card`` are (label, text), with an empty text for what is not recorded."""

    title: str
    handling: Handling
    facts: tuple[tuple[str, str], ...]
    card: tuple[tuple[str, str], ...]
    pictures: tuple[FormPicture, ...]
    notice: str  # what the form does not mean
    footer: str  # on every page, before the page's number
