"""The house: who may import whom, and what the first import costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rtcwidgets

PACKAGE = Path(rtcwidgets.__file__).parent

MAY_IMPORT = {
    "widgets": {"widgets", "transport", "media", "kernel", "protocol", "errors", "version"},
    "transport": {"transport", "media", "protocol", "errors"},
    "media": {"media", "errors"},
    "kernel": set(),
    "protocol": {"errors"},
    "errors": set(),
    "version": set(),
}
ONLY_WIDGETS = {"anywidget", "ipywidgets", "traitlets"}
ONLY_TRANSPORT = {"aiortc", "aioice"}

MODULES = [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from [alias.name for alias in node.names]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_room_may(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name in imported(path):
        package, _, rest = name.partition(".")
        if package == "rtcwidgets":
            assert rest.split(".")[0] in MAY_IMPORT[room], f"{room} imports {name}"
        assert package not in ONLY_WIDGETS or room == "widgets", f"{room} imports {name}"
        assert package not in ONLY_TRANSPORT or room == "transport", f"{room} imports {name}"
        assert package != "ipykernel" or room == "kernel", f"{room} imports {name}"


@pytest.mark.parametrize("heavy", ["cv2", "av", "aiortc", "matplotlib"])
def test_the_import_leaves_what_is_heavy_for_first_use(heavy):
    code = f"import rtcwidgets, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_the_import_works_where_cv2_does_not():
    code = "import sys; sys.modules['cv2'] = None; import rtcwidgets; rtcwidgets.Camera()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_public_name_is_there_and_sorted():
    assert rtcwidgets.__all__ == sorted(rtcwidgets.__all__)
    for name in rtcwidgets.__all__:
        assert hasattr(rtcwidgets, name)


def test_an_import_without_the_bundle_says_what_to_run(tmp_path):
    import shutil

    shutil.copytree(PACKAGE, tmp_path / "rtcwidgets", ignore=shutil.ignore_patterns("static", "__pycache__"))
    result = subprocess.run(
        [sys.executable, "-c", "import rtcwidgets"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert "make bundle" in result.stderr
