"""S3's XML, in and out, on the standard library's tree.

Bodies are parsed by expat with document types refused: no entity is ever declared, so none can expand.
"""

import xml.parsers.expat as expat
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring

from local.s3.errors import S3Error

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def document(name: str, *, namespaced: bool = True) -> Element:
    """A root element, in S3's namespace as all answers but errors are."""
    return Element(name, {"xmlns": NAMESPACE} if namespaced else {})


def add(parent: Element, name: str, value: object = None) -> Element:
    """Append `<name>value</name>`; booleans as S3 spells them, None as an empty element."""
    child = SubElement(parent, name)
    if value is not None:
        child.text = str(value).lower() if isinstance(value, bool) else str(value)
    return child


def render(root: Element) -> bytes:
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _refuse_doctype(*_: object) -> None:
    raise S3Error("MalformedXML")


def parse(body: bytes, root_name: str) -> Element:
    """The tree of a request body whose root must be `root_name`; raises MalformedXML."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag.rpartition("}")[2], attributes)
    parser.EndElementHandler = lambda tag: builder.end(tag.rpartition("}")[2])
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(body, True)
        root = builder.close()
    except (expat.ExpatError, AssertionError) as error:
        raise S3Error("MalformedXML") from error
    if root.tag != root_name:
        raise S3Error("MalformedXML")
    return root


def text(parent: Element, name: str) -> str | None:
    """The text of the first child called `name`, or None when there is no such child."""
    child = parent.find(name)
    return None if child is None else (child.text or "")


def children(parent: Element, name: str) -> Iterator[Element]:
    yield from parent.findall(name)
