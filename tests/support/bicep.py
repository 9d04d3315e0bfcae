"""The templates in ``infra/``, read without Bicep's own compiler by two parsers that know no more than its grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import tree_sitter
import tree_sitter_bicep
from pycep import BicepParser

INFRA = Path(__file__).resolve().parents[2] / "infra"
_LANGUAGE = tree_sitter.Language(tree_sitter_bicep.language())


@dataclass(frozen=True)
class Template:
    """One file. ``parsed`` is the tree of pycep, in which names look like strings; ``tree`` is that of tree-sitter."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(INFRA).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def parsed(self) -> dict[str, Any]:
        return dict(BicepParser().parse(text=self.text))

    @cached_property
    def tree(self) -> tree_sitter.Node:
        return tree_sitter.Parser(_LANGUAGE).parse(self.text.encode()).root_node

    def part(self, kind: str) -> dict[str, Any]:
        """Return the parameters, variables, resources, modules or outputs by name."""
        return dict(self.parsed.get(kind) or {})

    def variable(self, name: str) -> Any:
        return self.part("variables")[name]["value"]

    def bodies(self, resource_type: str) -> list[dict[str, Any]]:
        """Return the bodies of the resources of a type that the template makes."""
        found = self.part("resources").values()
        return [body(one["config"]) for one in found if one["type"] == resource_type and not one["existing"]]

    def nodes(self, kind: str) -> Iterator[tree_sitter.Node]:
        return _nodes(self.tree, kind)

    @cached_property
    def declared(self) -> set[str]:
        """The names that the file declares, with those of its loops."""
        parts = ("parameters", "variables", "resources", "modules")
        loops = {text(name) for loop in self.nodes("for_statement") for name in _loop_names(loop)}
        return {name for part in parts for name in self.part(part)} | loops

    @cached_property
    def used(self) -> set[str]:
        """The names that the file refers to: functions are not among them."""
        return {text(node) for node in self.nodes("identifier") if _refers(node)}


def templates() -> list[Template]:
    """Return all templates, by path."""
    return [template(path.relative_to(INFRA).as_posix()) for path in sorted(INFRA.rglob("*.bicep"))]


@cache
def template(name: str) -> Template:
    """Return one template by its path below ``infra``; each is parsed once."""
    return Template(INFRA / name)


def body(config: dict[str, Any]) -> dict[str, Any]:
    """Return what a resource or module is made of, out of its loop and its condition."""
    while "config" in config:
        config = config["config"]
    return config


def text(node: tree_sitter.Node) -> str:
    """Return the source of a node."""
    return (node.text or b"").decode()


def outputs_used(source: str) -> set[tuple[str, str]]:
    """Return the modules and their outputs that a text refers to."""
    return set(re.findall(r"\b(\w+)(?:\[\w+\])?\.outputs\.(\w+)", source))


def _nodes(root: tree_sitter.Node, kind: str) -> Iterator[tree_sitter.Node]:
    if root.type == kind:
        yield root
    for child in root.children:
        yield from _nodes(child, kind)


def _loop_names(loop: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for child in loop.children:
        if child.type == "in":
            return
        for kind in ("identifier", "loop_variable", "loop_enumerator"):
            yield from _nodes(child, kind)


def _refers(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None or parent.type.endswith("_declaration"):
        # The value of a variable or an output may be a bare name: it follows the equals sign.
        return node.prev_sibling is not None and node.prev_sibling.type == "="
    if parent.type == "object_property":
        return parent.children[0] != node
    if parent.type == "call_expression":
        return parent.child_by_field_name("function") != node
    following = node.next_sibling
    return parent.type != "for_statement" or following is None or following.type != "in"
