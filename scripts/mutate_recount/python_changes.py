"""Small changes of Python sources: one check taken out, one comparison, word or number turned.

A check is what makes a recount notice: a statement whose value nobody takes (a call that may raise or report), an `if` that raises, leaves
or goes on. Each is taken out whole, since that is what a careless edit does.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from scripts.mutate_recount.mutant import Mutant

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
#: Statements that only say something.
SAYING = ("note", "print", "write", "told", "ticked")
#: `log.holds(name, place, what, condition, ...)`: the other arguments are for people.
HOLDS_CONDITION = 3
Change = Callable[[Any], None]


def _checks(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Checks taken out."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        yield "without", lambda one: setattr(one, "value", ast.Constant(None))
    if isinstance(node, ast.If) and not node.orelse and _refuses(node):
        yield "never", lambda one: setattr(one, "test", ast.Constant(False))


def _refuses(node: ast.If) -> bool:
    """Whether the body of an `if` reports, raises, leaves or goes on: what it guards is a check."""
    return any(isinstance(one, ast.Raise | ast.Return | ast.Continue | ast.Break) for one in node.body)


def _turned_words(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Comparisons and words of logic."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            if type(operator) in COMPARISONS:
                other = COMPARISONS[type(operator)]
                yield f"{type(operator).__name__} to {other.__name__}", partial(_put_operator, place, other)
    if isinstance(node, ast.BoolOp):
        other_word = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"to {other_word.__name__}", lambda one: setattr(one, "op", other_word())
        for place in range(len(node.values)):
            yield f"without part {place}", partial(_drop_value, place)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", _without_not


def _turned_numbers(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Signs, numbers, and conditions of what is listed."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not isinstance(node.left, ast.Constant | ast.JoinedStr):
        other_sign = OPERATORS[type(node.op)]
        yield f"to {other_sign.__name__}", lambda one: setattr(one, "op", other_sign())
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield "plus 1", lambda one: setattr(one, "value", one.value + 1)
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.DictComp | ast.SetComp):
        for place, part in enumerate(node.generators):
            for at in range(len(part.ifs)):
                yield f"without condition {at}", partial(_drop_condition, place, at)


def _put_operator(place: int, operator: type[ast.cmpop], one: Any) -> None:
    one.ops[place] = operator()


def _drop_value(place: int, one: Any) -> None:
    del one.values[place]


def _drop_condition(place: int, at: int, one: Any) -> None:
    del one.generators[place].ifs[at]


def _without_not(one: Any) -> None:
    """`+bool(value)` in place of `not value`."""
    one.op, one.operand = ast.UAdd(), _truth(one.operand)


def _truth(value: ast.expr) -> ast.expr:
    """`bool(value)`, which has a sign to take."""
    return ast.Call(ast.Name("bool", ast.Load()), [value], [])


def mutants_of(root: Path, path: str) -> Iterator[Mutant]:
    """All of one file, in the order of its text."""
    text = (root / path).read_text("utf-8")
    tree = ast.parse(text)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr)]
    owners = _owners(tree)
    told = {id(inner) for node in ast.walk(tree) for part in _told_parts(node) for inner in ast.walk(part)}
    seen: dict[str, int] = {}
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        if id(node) in told:
            continue
        for is_check, changes in ((True, _checks), (False, _turned_words), (False, _turned_numbers)):
            for what, change in changes(node):
                short = " ".join(ast.unparse(node).split())[:100]
                name = f"{path}: {owners.get(id(node), '')}: {what}: {short}"
                seen[name] = seen.get(name, 0) + 1
                name += f" ({seen[name]})" if seen[name] > 1 else ""
                yield Mutant(path, name, is_check, partial(_changed, tree, node, change))


def _is_told(node: ast.AST) -> bool:
    """Words for people and types for tools: a change of them is no change of what is found."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and _called(node.value) in SAYING
    return isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.Import | ast.ImportFrom | ast.arg | ast.Raise)


def _called(call: ast.Call) -> str:
    """The last part of a called name."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _told_parts(node: ast.AST) -> list[ast.AST]:
    """What is only told of a node: all of it, or of `holds` all but the condition."""
    if isinstance(node, ast.Call) and _called(node) == "holds":
        return [one for place, one in enumerate(node.args) if place != HOLDS_CONDITION]
    return [node] if _is_told(node) else []


def _owners(tree: ast.Module) -> dict[int, str]:
    """The function or class that each node is in."""
    found: dict[int, str] = {}

    def enter(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
            inner = f"{name}.{child.name}".strip(".") if named else name  # type: ignore[attr-defined]
            found[id(child)] = inner
            enter(child, inner)

    enter(tree, "")
    return found


def _changed(tree: ast.Module, node: ast.AST, change: Change) -> str:
    """The whole module with this one node changed."""
    memo: dict[int, object] = {}
    twin = copy.deepcopy(tree, memo)
    change(memo[id(node)])
    return ast.unparse(ast.fix_missing_locations(twin))
