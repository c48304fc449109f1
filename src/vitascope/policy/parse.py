"""YAML text to a `Pack`. Every complaint names the file, the line and the column; unknown and repeated keys fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

import yaml

from vitascope.errors import PackInvalid, PackUnknown
from vitascope.policy.pack import CheckerNeed, Examples, Pack, Rule, Terms
from vitascope.policy.terms import expand
from vitascope.types import Outcome, Surface

SURFACES: tuple[Surface, ...] = ("prompt", "negative_prompt", "image", "frames", "caption")
ACTIONS: tuple[Outcome, ...] = ("refuse", "label", "allow")
PACK_KEYS = ("id", "version", "description", "extends", "topics", "lists", "rules", "checkers", "examples")
RULE_KEYS = (
    "id", "topic", "action", "surfaces", "terms", "patterns", "all_of", "any_of", "unless", "not_in", "within",
    "in_order", "explanation", "examples",
)  # fmt: skip
PACK_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
RULE_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*")
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")

T = TypeVar("T")
Texts = tuple[tuple[str, tuple[str, ...]], ...]


class Reader:
    """Reads one file's node tree; knows its name for error messages."""

    def __init__(self, source: str) -> None:
        self.source = source

    def fail(self, node: yaml.Node | None, message: str) -> PackInvalid:
        """The error to raise, with the place of `node` in the file."""
        where = f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1}" if node else "line 1, column 1"
        return PackInvalid(f"{self.source}, {where}: {message}")

    def root(self, text: str) -> yaml.MappingNode:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1, column 1"
            raise PackInvalid(f"{self.source}, {where}: not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise PackInvalid(f"{self.source}, line 1, column 1: not YAML: {error}") from error
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "got no mapping; a pack starts with keys such as id, version and rules")
        return node

    def mapping(self, node: yaml.Node, known: tuple[str, ...] | None = None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key → (key node, value node). Fails on repeated keys and, where `known` is given, on others than those."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "expected a mapping of keys to values")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            key = self.text(key_node)
            if known is not None and key not in known:
                raise self.fail(key_node, f"unknown key {key!r}; expected one of {', '.join(known)}")
            if key in found:
                raise self.fail(key_node, f"the key {key!r} stands here a second time")
            found[key] = (key_node, value)
        return found

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self.fail(node, "expected some text")
        return str(node.value).strip()

    def texts(self, node: yaml.Node) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(node))

    def items(self, node: yaml.Node) -> Iterator[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(node, "expected a list")
        yield from node.value

    def choice(self, node: yaml.Node, allowed: tuple[T, ...]) -> T:
        value = self.text(node)
        for choice in allowed:
            if choice == value:
                return choice
        raise self.fail(node, f"got {value!r}; expected one of {', '.join(str(choice) for choice in allowed)}")

    def matching(self, node: yaml.Node, shape: re.Pattern[str], like: str) -> str:
        value = self.text(node)
        if not shape.fullmatch(value):
            raise self.fail(node, f"got {value!r}; expected something like {like}")
        return value

    def by_language(self, node: yaml.Node, check: Callable[[str], object]) -> Texts:
        """{en: […], zh: […]} with each text put to `check`, which raises ValueError on a bad one."""
        languages: list[tuple[str, tuple[str, ...]]] = []
        for language, (_, value) in self.mapping(node).items():
            for item in self.items(value):
                try:
                    check(self.text(item))
                except (ValueError, re.error) as error:
                    raise self.fail(item, f"{self.text(item)!r}: {error}") from error
            languages.append((language, self.texts(value)))
        return tuple(languages)

    def terms(self, name: str, node: yaml.Node) -> Terms:
        """Terms by language; or, under the keys terms and patterns, both of them by language."""
        keys = self.mapping(node)
        if not set(keys) & {"terms", "patterns"}:
            group = Terms(name, terms=self.by_language(node, expand))
        else:
            parts = {key: value for key, (_, value) in self.mapping(node, ("terms", "patterns")).items()}
            group = Terms(
                name,
                terms=self.by_language(parts["terms"], expand) if "terms" in parts else (),
                patterns=self.by_language(parts["patterns"], re.compile) if "patterns" in parts else (),
            )
        if not any(texts for _, texts in (*group.terms, *group.patterns)):
            raise self.fail(node, f"{name} holds no terms")
        return group

    def flag(self, node: yaml.Node) -> bool:
        return self.choice(node, ("true", "false")) == "true"

    def count(self, node: yaml.Node) -> int:
        value = self.text(node)
        if not value.isdecimal():
            raise self.fail(node, f"got {value!r}; expected a number of words, 0 or more")
        return int(value)

    def examples(self, node: yaml.Node, known: tuple[str, ...]) -> Examples:
        found = {key: self.texts(value) for key, (_, value) in self.mapping(node, known).items()}
        return Examples(**found)


class PackReader(Reader):
    """Reads a pack; `base` is the pack that it extends, whose lists its rules may name."""

    def __init__(self, source: str, load: Callable[[str], Pack]) -> None:
        super().__init__(source)
        self.load = load
        self.lists: dict[str, Terms] = {}

    def pack(self, text: str) -> Pack:
        root = self.root(text)
        keys = self.mapping(root, PACK_KEYS)
        for needed in ("id", "version", "description", "topics", "rules"):
            if needed not in keys:
                raise self.fail(root, f"the key {needed!r} is missing")
        base = self.base(keys["extends"][1]) if "extends" in keys else None
        self.lists = dict(base.lists) if base else {}
        topics = dict(base.topics) if base else {}
        topics.update({key: self.text(value) for key, (_, value) in self.mapping(keys["topics"][1]).items()})
        if "lists" in keys:
            self.add_lists(keys["lists"][1])
        rules = list(base.rules) if base else []
        for node in self.items(keys["rules"][1]):
            rule = self.rule(node, topics)
            if any(rule.id == other.id for other in rules):
                raise self.fail(node, f"a rule {rule.id!r} stands already in this pack or the one that it extends")
            rules.append(rule)
        examples = self.examples(keys["examples"][1], ("allow",)) if "examples" in keys else Examples()
        checkers = tuple(self.checker(node) for node in self.items(keys["checkers"][1])) if "checkers" in keys else ()
        return Pack(
            id=self.matching(keys["id"][1], PACK_ID, "my-pack"),
            version=self.matching(keys["version"][1], SEMVER, "1.0.0"),
            description=self.text(keys["description"][1]),
            topics=tuple(topics.items()),
            rules=tuple(rules),
            lists=tuple(self.lists.items()),
            checkers=(base.checkers if base else ()) + checkers,
            examples=Examples(allow=(base.examples.allow if base else ()) + examples.allow),
        )

    def base(self, node: yaml.Node) -> Pack:
        try:
            return self.load(self.text(node))
        except PackUnknown as error:
            raise self.fail(node, str(error)) from error

    def add_lists(self, node: yaml.Node) -> None:
        for name, (key_node, value) in self.mapping(node).items():
            if name in self.lists:
                raise self.fail(key_node, f"the pack that this one extends has a list {name!r} already")
            self.lists[name] = self.terms(name, value)

    def checker(self, node: yaml.Node) -> CheckerNeed:
        keys = self.mapping(node, ("name", "surfaces"))
        for needed in ("name", "surfaces"):
            if needed not in keys:
                raise self.fail(node, f"the key {needed!r} is missing")
        return CheckerNeed(self.text(keys["name"][1]), self.surfaces(keys["surfaces"][1]))

    def surfaces(self, node: yaml.Node) -> tuple[Surface, ...]:
        """At least one surface, each named once."""
        found: list[Surface] = []
        for item in self.items(node):
            surface: Surface = self.choice(item, SURFACES)
            if surface in found:
                raise self.fail(item, f"the surface {surface!r} stands here a second time")
            found.append(surface)
        if not found:
            raise self.fail(node, f"names no surface; expected some of {', '.join(SURFACES)}")
        return tuple(found)

    def rule(self, node: yaml.Node, topics: dict[str, str]) -> Rule:
        keys = {key: value for key, (_, value) in self.mapping(node, RULE_KEYS).items()}
        for needed in ("id", "topic", "action", "surfaces", "explanation"):
            if needed not in keys:
                raise self.fail(node, f"the rule's key {needed!r} is missing")
        if (topic := self.text(keys["topic"])) not in topics:
            raise self.fail(keys["topic"], f"unknown topic {topic!r}; expected one of {', '.join(topics)}")
        if not (groups := self.required(keys)):
            raise self.fail(node, "the rule asks for nothing; give it terms, patterns, all_of or any_of")
        return Rule(
            id=self.matching(keys["id"], RULE_ID, "weapons.instructions"),
            topic=topic,
            action=self.choice(keys["action"], ACTIONS),
            surfaces=self.surfaces(keys["surfaces"]),
            groups=groups,
            unless=self.groups("unless", keys),
            not_in=self.groups("not_in", keys),
            within=self.count(keys["within"]) if "within" in keys else None,
            in_order=self.flag(keys["in_order"]) if "in_order" in keys else False,
            explanation=self.explanation(keys["explanation"]),
            examples=self.examples(keys["examples"], ACTIONS) if "examples" in keys else Examples(),
        )

    def required(self, keys: dict[str, yaml.Node]) -> tuple[tuple[Terms, ...], ...]:
        """The groups that must all be found: the rule's own terms and patterns, each of all_of, any one of any_of."""
        groups: list[tuple[Terms, ...]] = []
        own: list[Terms] = []
        if "terms" in keys:
            own.append(self.terms("terms", keys["terms"]))
        if "patterns" in keys:
            own.append(Terms("patterns", patterns=self.by_language(keys["patterns"], re.compile)))
        if own:
            groups.append(tuple(own))
        groups += [(group,) for group in self.groups("all_of", keys)]
        if any_of := self.groups("any_of", keys):
            groups.append(any_of)
        return tuple(groups)

    def groups(self, key: str, keys: dict[str, yaml.Node]) -> tuple[Terms, ...]:
        """Each item is the name of a list or terms by language written in place."""
        if key not in keys:
            return ()
        found: list[Terms] = []
        for item in self.items(keys[key]):
            if isinstance(item, yaml.ScalarNode):
                name = self.text(item)
                if name not in self.lists:
                    raise self.fail(item, f"unknown list {name!r}; expected one of {', '.join(self.lists) or 'none'}")
                found.append(self.lists[name])
            else:
                found.append(self.terms(key, item))
        return tuple(found)

    def explanation(self, node: yaml.Node) -> tuple[tuple[str, str], ...]:
        if isinstance(node, yaml.ScalarNode):
            return (("en", self.text(node)),)
        found = {key: self.text(value) for key, (_, value) in self.mapping(node).items()}
        if "en" not in found:
            raise self.fail(node, "the explanation needs an English sentence under 'en'")
        return tuple(found.items())


def parse(text: str, source: str, load: Callable[[str], Pack]) -> Pack:
    """The pack that `text` states. `source` names it in messages; `load` gives the pack that it extends.

    Raises PackInvalid with line and column.
    """
    return PackReader(source, load).pack(text)
