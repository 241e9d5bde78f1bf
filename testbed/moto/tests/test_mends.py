"""Every mend says which action of AWS's API it restores, and has its place in apply()."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

MODULES = sorted((Path(__file__).resolve().parent.parent / "k8saws_moto").glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_function_is_described(module: Path) -> None:
    """A docstring for each module and each function at its top level."""
    tree = ast.parse(module.read_text())
    assert ast.get_docstring(tree), module
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert ast.get_docstring(node), f"{module.name}: {node.name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_apply_names_existing_functions_once(module: Path) -> None:
    """No mend is put in place twice."""
    tree = ast.parse(module.read_text())
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "apply":
            calls = [ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)]
            assert len(calls) == len(set(calls))


def test_the_documentation_lists_every_mend() -> None:
    """docs/testbed.md names each mend and no other, in its words."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "testbed.md").read_text()
    listed = {line.split("`")[1] for line in page.splitlines() if line.startswith("* `") and "`: " in line}
    mends = set()
    for module in MODULES:
        functions = {node.name: node for node in ast.parse(module.read_text()).body if isinstance(node, ast.FunctionDef)}
        if "apply" not in functions or module.stem == "mends":
            continue
        for call in ast.walk(functions["apply"]):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func)
                mends.add(name)
                words = " ".join((ast.get_docstring(functions[name]) or "").split())
                assert f"* `{name}`: {words}" in page, name
    assert listed == mends
