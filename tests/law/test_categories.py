"""The catalogue of categories: how many, what each demands, what may never leave."""

from simulator.law import categories
from simulator.law.categories import CATEGORIES, desensitisations, suffices


def test_twelve_categories_are_exempt_and_three_must_be_declared() -> None:
    assert list(categories.EXEMPT) == [f"E{number:02}" for number in range(1, 13)]
    assert list(categories.MANDATORY) == ["M01", "M02", "M03"]
    assert list(categories.FORBIDDEN) == [f"X{number:02}" for number in range(1, 11)]


def test_every_code_is_used_once_and_every_line_has_a_rule_and_a_clause() -> None:
    assert len(categories.BY_CODE) == len(CATEGORIES) == 25
    for category in CATEGORIES:
        assert category.title
        assert category.fields
        assert category.rule
        assert category.clause


def test_a_field_name_belongs_to_one_mandatory_or_forbidden_category() -> None:
    named = [field for c in CATEGORIES if c.duty != "exempt" for field in c.fields]

    assert len(named) == len(set(named))


def test_identity_and_mobile_leave_as_token_or_last_four_or_not_at_all() -> None:
    assert desensitisations("M01") == {"last_four", "keyed_token", "dropped"}
    assert desensitisations("M03") == {"last_four", "keyed_token", "dropped"}


def test_an_amount_may_leave_exact_but_never_as_its_last_four_digits() -> None:
    assert suffices("M02", "none")
    assert suffices("M02", "band")
    assert not suffices("M02", "last_four")


def test_authentication_data_satisfies_its_rule_only_by_not_leaving() -> None:
    for code in ("X01", "X02", "X03", "X04", "X05"):
        assert desensitisations(code) == {"dropped"}


def test_what_may_pass_may_pass_in_any_form() -> None:
    assert desensitisations("E04") == categories.EVERY_WAY
    assert not suffices("E02", "none")
    assert suffices("E07", "coarsened")
