"""Static files that live inside installed packages."""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

#: the name below /static/ -> package and the file's path inside it
FILES = {"vendor/plotly.min.js": ("plotly", "package_data/plotly.min.js")}


class PackageFinder(BaseFinder):
    """Finds the files named in `FILES`, so that a library's script comes with the library and is not copied here."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(file) for name, file in _files() if name == path]
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name, file in _files():
            storage = FileSystemStorage(location=file.parent)
            storage.prefix = str(Path(name).parent)  # type: ignore[attr-defined]
            yield file.name, storage


def _files() -> Iterator[tuple[str, Path]]:
    for name, (package, path) in FILES.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield name, Path(spec.origin).parent / path
