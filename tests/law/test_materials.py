"""The list of materials that answer an inspection."""

from simulator.law.materials import BY_NUMBER, MATERIALS


def test_there_are_seventeen_materials_numbered_without_gaps() -> None:
    assert [material.number for material in MATERIALS] == list(range(1, 18))
    assert all(material.title and material.clause for material in MATERIALS)


def test_only_the_risk_assessment_report_grows_old() -> None:
    aged = {m.number: m.max_age_months for m in MATERIALS if m.max_age_months is not None}

    assert aged == {8: 3}
    assert BY_NUMBER[8].title == "Data Exit Risk Assessment Report"
