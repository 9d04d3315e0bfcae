import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.registry.challenges import InvalidChallenge, choose_challenge, parse_challenges


def test_the_challenge_of_azure_is_read() -> None:
    challenge = choose_challenge(
        'Bearer realm="https://contoso.azurecr.io/oauth2/token",service="contoso.azurecr.io",scope="repository:a:pull"'
    )
    assert challenge.scheme == "bearer"
    assert challenge.realm == "https://contoso.azurecr.io/oauth2/token"
    assert challenge.service == "contoso.azurecr.io"


def test_bearer_is_chosen_over_basic_wherever_it_stands() -> None:
    header = 'Negotiate YIIJvwYGKwYBBQUCoIIJ==, Basic realm="a, b", Bearer realm = "https://x/token" , error="none"'
    assert [challenge.scheme for challenge in parse_challenges(header)] == ["negotiate", "basic", "bearer"]
    assert choose_challenge(header).realm == "https://x/token"


def test_names_have_no_case_and_quoted_texts_keep_theirs() -> None:
    challenge = choose_challenge(r'BASIC REALM="A \"quoted\" Name",charset=UTF-8')
    assert (challenge.scheme, challenge.realm) == ("basic", 'A "quoted" Name')
    assert challenge.parameters["charset"] == "UTF-8"


@pytest.mark.parametrize(
    "header",
    [
        "",
        ",",
        "Negotiate",
        'realm="https://x"',
        'Bearer realm="unclosed',
        'Bearer realm="a",realm="b"',
        "Bearer \x00",
        'Bearer realm="x"; scope="y"',
        "x" * 9000,
    ],
)
def test_a_header_that_cannot_be_answered_is_refused(header: str) -> None:
    with pytest.raises(InvalidChallenge):
        choose_challenge(header)


@given(st.text(alphabet='Bearerbasic =,"\\\t~+/x', max_size=200) | st.text(max_size=200))
def test_whatever_arrives_is_parsed_or_refused(header: str) -> None:
    try:
        challenges = parse_challenges(header)
    except InvalidChallenge:
        return
    assert all(challenge.scheme == challenge.scheme.lower() for challenge in challenges)


@pytest.mark.parametrize("piece", ['a="', "a ", "=", '\\"', "a=", ", ", '"\\'])
def test_a_hostile_header_costs_little_time(piece: str) -> None:
    # The last character makes every attempt to match fail as late as possible.
    header = ("Bearer " + piece * 8192)[:8191] + "\x00"
    began = time.process_time()
    with pytest.raises(InvalidChallenge):
        parse_challenges(header)
    assert time.process_time() - began < 1.0
