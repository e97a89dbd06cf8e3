"""Completion in bash, which takes words apart at colons and at signs: scopes and e-mails have them.

click's own class hands on those parts. Here it is the line as it was typed, and what is offered
begins behind the last sign at which bash has taken the word apart.
"""

import os

from click.shell_completion import BashComplete, CompletionItem, add_completion_class
from click.shell_completion import split_arg_string as split

_SOURCE = """\
%(complete_func)s() {
    local IFS=$'\\n' line
    COMPREPLY=()
    while read -r line; do
        COMPREPLY+=("${line#*,}")
        [ "${line%%%%,*}" = dir ] && compopt -o dirnames
        [ "${line%%%%,*}" = file ] && compopt -o default
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
        %(complete_var)s=bash_complete $1)
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Completes words that have colons in them."""

    source_template = _SOURCE
    _before = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is typed, and what there is of that one."""
        line = os.environ.get("COMP_LINE", "")
        words = split(line)
        begun = words.pop() if words and not line[-1:].isspace() else ""
        breaks = os.environ.get("COMP_WORDBREAKS", "")
        self._before = 1 + max((begun.rfind(sign) for sign in breaks if sign in ":@="), default=-1)
        return words[1:], begun

    def format_completion(self, item: CompletionItem) -> str:
        """Return what kind of word it is, and what is left of it since the last sign."""
        return f"{item.type},{str(item.value)[self._before :]}"


def register() -> None:
    """Let this be what bash is given."""
    add_completion_class(Bash)
