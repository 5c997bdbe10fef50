"""ICE servers are checked where they are given, not where they fail."""

import pytest

from rtcwidgets.transport.ice import checked_servers


@pytest.mark.parametrize(
    "server",
    [
        {"urls": "stun:stun.example.org"},
        {"urls": ["turn:turn.example.org:3478?transport=tcp", "turns:turn.example.org"]},
        {"urls": "turn:turn.example.org", "username": "me", "credential": "secret"},
    ],
    ids=str,
)
def test_a_server_as_the_standard_has_it_is_taken(server):
    assert checked_servers([server]) == [server]


@pytest.mark.parametrize(
    ("server", "complaint"),
    [
        ({}, "urls begin with"),
        ({"urls": []}, "urls begin with"),
        ({"urls": "http://example.org"}, "not 'http://example.org'"),
        ({"urls": ["stun:example.org", 7]}, "not 7"),
        ({"url": "stun:example.org"}, "not url"),
        ({"urls": "turn:example.org", "credential": 7}, "are strings"),
    ],
    ids=str,
)
def test_a_server_that_is_none_is_refused_with_the_reason(server, complaint):
    with pytest.raises(ValueError, match=complaint):
        checked_servers([server])
