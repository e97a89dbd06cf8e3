"""The mutants of a module: which small changes are tried. Pinned, so that scores compare.

| what is there                      | what it becomes                                     |
|------------------------------------|-----------------------------------------------------|
| `<` `<=` `>` `>=`                  | with the boundary moved; turned round               |
| `==` `!=` `is` `in`, and their nots | the opposite                                        |
| `and`, `or`                        | the other; and without each operand                 |
| + - * / // % & << >> and or of bits | its counterpart (text that is joined is left alone) |
| a number                           | one more; one less                                  |
| `True`, `False`                    | the other                                           |
| `not x`                            | `x`                                                 |
| `return x`                         | `return None`                                       |
| `a if c else b`                    | `a`; `b`                                            |
| `if c`, a filter, a guard          | never; always (`while c`: never)                    |
| a call that stands alone           | nothing                                             |

Decorators, annotations and texts are left alone.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from copy import copy
from typing import Any, NamedTuple

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_LEFT_ALONE = {"decorator_list", "annotation", "returns", "bases"}
_SHOWN_WHOLE = (ast.expr, ast.keyword, ast.arguments, ast.Assign, ast.AnnAssign, ast.AugAssign)


class Mutant(NamedTuple):
    """One change of a module."""

    line: int
    inside: str
    """The function or the class, empty at the module's top."""
    before: str
    after: str
    nth: int = 1
    """Which of those that read the same."""

    @property
    def change(self) -> str:
        """What names it, as long as nobody rewrites the expression: no line number."""
        nth = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.inside or 'module'}: {self.before} → {self.after}{nth}"


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Give each mutant of a module; while one is given, `tree` is it, and then itself again."""
    alike: Counter[Mutant] = Counter()
    for mutant in _below(tree, ""):
        alike[alone := mutant._replace(line=0)] += 1
        yield mutant._replace(nth=alike[alone])


def _below(parent: ast.AST, inside: str) -> Iterator[Mutant]:
    for field, value in ast.iter_fields(parent):
        if field in _LEFT_ALONE:
            continue
        holder: Any = value if isinstance(value, list) else parent.__dict__
        places = range(len(value)) if isinstance(value, list) else [field]
        for place in places:
            if isinstance(node := holder[place], ast.AST):
                yield from _here(parent, field, holder, place, inside)
                yield from _below(node, _named(node, inside))


def _named(node: ast.AST, inside: str) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return f"{inside}.{node.name}" if inside else node.name
    return inside


def _here(parent: ast.AST, field: str, holder: Any, place: Any, inside: str) -> Iterator[Mutant]:
    node = holder[place]
    tested = field in ("test", "ifs", "guard") and not isinstance(parent, ast.IfExp | ast.Assert)
    of_parent = isinstance(node, ast.Constant) and isinstance(parent, _SHOWN_WHOLE)
    line = getattr(node, "lineno", getattr(parent, "lineno", 0))
    for mutated, lead in _replacements(node, parent, tested=tested):
        shown = parent if of_parent and not lead else node
        before = ast.unparse(shown)
        holder[place] = ast.fix_missing_locations(ast.copy_location(mutated, node))
        after = ast.unparse(parent if shown is parent else mutated)
        try:
            yield Mutant(line, inside, lead + before, lead + after)
        finally:
            holder[place] = node


def _replacements(node: ast.AST, parent: ast.AST, *, tested: bool) -> Iterator[tuple[ast.AST, str]]:
    """Return what may stand in place of a node, each with the word it is shown after."""
    if tested:
        yield ast.Constant(False), "if "
        if not isinstance(parent, ast.While):
            yield ast.Constant(True), "if "
    if isinstance(parent, ast.Return) and not _is_none(node):
        yield ast.Constant(None), "return "
    match node:
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                for other in _COMPARED[type(operator)]:
                    changed = copy(node)
                    changed.ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
                    yield changed, ""
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values), ""
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield (rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)), ""
        case ast.BinOp(left=left, op=operator, right=right):
            if type(operator) in _CALCULATED and not (_is_text(left) or _is_text(right)):
                yield ast.BinOp(left, _CALCULATED[type(operator)](), right), ""
        case ast.AugAssign(op=operator) if type(operator) in _CALCULATED:
            if not _is_text(node.value):
                changed_step = copy(node)
                changed_step.op = _CALCULATED[type(operator)]()
                yield changed_step, ""
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value), ""
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1), ""
            yield ast.Constant(value - 1), ""
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand, ""
        case ast.IfExp(body=body, orelse=orelse):
            yield body, ""
            yield orelse, ""
        case ast.Expr(value=ast.Call()):
            yield ast.Pass(), ""


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
