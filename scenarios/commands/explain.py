"""`reinspect explain DEC-01`: tells all that is known of one entry or problem code."""

import argparse

from scenarios.commands import CONFORMANT, command

_ONE_OF = {"stories": "story", "rules": "monitoring rule", "codes": "problem code"}
"""What one entry of a list is called, where that is not the list's name without its last letter."""


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("code", metavar="CODE", help="such as DEC-01 or authorization_stale")


@command(
    id="explain",
    place=13,
    help="explain a requirement, story, rule, defect, fault or problem code",
    arguments=arguments,
)
def explain(options: argparse.Namespace) -> int:
    from scenarios import catalogues

    for kind, told in catalogues.explain(options.code):
        print(f"{told.pop('id')} ({_ONE_OF.get(kind, kind.removesuffix('s'))})")
        for name, value in told.items():
            if value not in (None, "", []):
                print(f"  {name.replace('_', ' ')}: {value}")
    return CONFORMANT
