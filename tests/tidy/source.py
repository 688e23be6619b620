"""The project's own files, as the tidy tests read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "breather"
FOLDERS = ("src", "tests", "bench", "docs", "requirements", ".ci")
TOP_LEVEL_SUFFIXES = {".md", ".toml", ""}
NOT_OURS = {"__pycache__", ".hypothesis"}
TEXT_SUFFIXES = {*".css .html .js .json .lock .md .py .sql .svg .toml .txt .yaml .yml".split(), ""}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file, parsed. `name` is relative to the root, with slashes on every system."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """The part of `breather` it belongs to: `domain`, `settings`; "" for the root and outside."""
        if not self.path.is_relative_to(PACKAGE):
            return ""
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py").replace("__init__", "")

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of everything imported, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def at(self, line: int, what: str) -> str:
        return f"{self.name}:{line}: {what}"


def module_of(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, text, ast.parse(text, filename=str(path)))


@cache
def modules(folder: str) -> tuple[Module, ...]:
    """Every Python file under `src`, `tests` or `bench`, in a fixed order."""
    found = sorted((ROOT / folder).rglob("*.py"))
    return tuple(module_of(path) for path in found if not NOT_OURS & set(path.parts))


def package(*names: str) -> list[Module]:
    """The modules of the named parts of `breather`; all of them without a name."""
    return [each for each in modules("src") if not names or each.package in names]


@cache
def text_files() -> tuple[Path, ...]:
    """Every text file that the project commits, found without asking git: an archive has to be tidy, too."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TOP_LEVEL_SUFFIXES]
    for folder in FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in TEXT_SUFFIXES]
    return tuple(sorted(path for path in found if not NOT_OURS & set(path.parts)))


def code_lines(*patterns: str) -> int:
    """Lines that hold something, neither blank nor only a comment, in the files that match below the root."""
    paths = [path for pattern in patterns for path in ROOT.glob(pattern) if not NOT_OURS & set(path.parts)]
    lines = (line.strip() for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


@cache
def size_of_code() -> int:
    return code_lines("src/**/*.py")


@cache
def size_of_tests() -> int:
    """Python and the text tables of scenarios, which are tests written down in another form."""
    return code_lines("tests/**/*.py", "tests/**/*.txt")
