"""The table of docs/law.md says what the rule packs say."""

import re
from datetime import date
from pathlib import Path

from simulator.law.packs import RulePack, packs

PAGE = Path(__file__).parents[2] / "docs" / "law.md"


def rows() -> dict[str, list[str]]:
    """The first table, each line by its first cell."""
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[:13]]
    return {name: rest for name, *rest in cells}


def numbers(text: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)]


def dates(text: str) -> list[date]:
    return [date.fromisoformat(found) for found in re.findall(r"\d{4}-\d\d-\d\d", text)]


def test_the_table_has_every_pack_in_order_of_their_dates() -> None:
    in_order = sorted(packs().values(), key=lambda law: law.in_force_from)

    assert rows()[""] == [f"`{law.id}`" for law in in_order]


def test_every_number_of_the_table_is_the_packs() -> None:
    told = rows()
    for place, law in enumerate(packs().values()):
        in_table = {name: cells[place] for name, cells in told.items()}
        assert _as_table(law) == {name: in_table[name] for name in _as_table(law)}
        until = [] if law.in_force_until is None else [law.in_force_until]
        assert dates(in_table["in force"]) == [law.in_force_from, *until]
        assert numbers(in_table["security assessment from"]) == [law.thresholds.assessed_persons]
        counted = "not included" not in in_table["security assessment from"]
        assert counted == law.thresholds.sensitive_count_as_persons
        handled = law.thresholds.handled_persons
        assert numbers(in_table["or if the handler handles"]) == (
            [] if handled is None else [handled]
        )
        assert numbers(in_table["contract or certification from"]) == (
            [law.thresholds.contract_from_persons] if law.thresholds.contract_from_persons else []
        )
        certified = [] if law.certified_from is None else [law.certified_from]
        assert dates(in_table["exports are certified"]) == certified
        exempted = in_table["exempted persons count"].startswith("yes")
        assert exempted == law.exempted_persons_count


def _as_table(law: RulePack) -> dict[str, str]:
    sensitive = law.thresholds.assessed_sensitive_persons
    return {
        "clause": law.threshold_clause,
        "persons count since 1 January of the": law.window.replace("_", " "),
        "or from, with sensitive information": f"{sensitive:,} persons",
        "exempt what a payment contract needs": "yes" if law.payment_contract_exempt else "no",
    }
