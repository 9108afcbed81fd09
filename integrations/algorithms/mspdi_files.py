"""What a file is, before it is read as a Microsoft Project XML file."""

#: First bytes -> what it is and what to do.
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "is a plan in Microsoft Project's own format (.mpp), or another Office file"),
    (b"PK\x03\x04", "is a ZIP archive or an Office file"),
    (b"%PDF", "is a PDF"),
    (b"\x1f\x8b", "is a compressed archive"),
    (b"ERMHDR", "is a Primavera P6 exchange file (.xer)"),
    (b"MPX,", "is an MPX file of Microsoft Project 98 or older"),
)
ADVICE = "Open it in Microsoft Project, choose “Save as” and the type XML, and upload that file. Nothing was kept."


def foreign_plan(start: bytes, name: str) -> str | None:
    """Why a file cannot be a Microsoft Project XML file, from its first bytes; None if it may be one."""
    if not start:
        return f"“{name}” is empty (0 bytes). Save it again and upload the new file."
    for signature, words in SIGNATURES:
        if start.startswith(signature):
            return f"“{name}” {words}. {ADVICE}"
    text = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not text.startswith(b"<"):
        return f"“{name}” is no XML. {ADVICE}"
    if text[:100].lower().startswith((b"<html", b"<!doctype html")):
        return f"“{name}” is a web page, perhaps a sign-in page. Download the plan again, and upload that file."
    return None
