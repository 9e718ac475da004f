"""A key is strong, is told by its id alone, and never lies with the data."""

import copy
import logging
import os
import pickle
import stat
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.privacy import ENVIRONMENT_VARIABLE, KeyRefused, PseudonymKey

SECRET = "9c1f5a3be2d84076c8ab19f3d0e47b62855f0d9ec4a1372b6e90fd1843a7bc5e"
WEAK = {
    "too short": (SECRET[:62], "too short: 248 bits where 256 are needed"),
    "one byte again and again": ("5a" * 32, "can be guessed"),
    "a pattern": ("0123456789abcdef" * 4, "can be guessed"),
    "bytes counted": (bytes(range(32)).hex(), "can be guessed"),
    "bytes counted down by threes": (bytes(range(200, 100, -3)).hex(), "can be guessed"),
    "a sentence": (b"correct horse battery staple, and a zebra".hex(), "can be guessed"),
    "no hexadecimal digits": ("z" * 64, "64 or more hexadecimal digits"),
    "an odd number of digits": (SECRET + "a", "64 or more hexadecimal digits"),
    "endless": ("ab" * 5000, "64 or more hexadecimal digits"),
    "nothing": ("", "holds no key, or more than one"),
    "only a comment": (f"# {SECRET}", "holds no key, or more than one"),
    "two keys": (f"{SECRET}\n{SECRET}", "holds no key, or more than one"),
}


def told(error: BaseException) -> str:
    """Everything that anybody could print of an error, with what led to it."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)


@pytest.mark.parametrize("what", WEAK)
def test_a_key_that_can_be_guessed_is_refused_without_quoting_it(what: str) -> None:
    text, reason = WEAK[what]
    with pytest.raises(KeyRefused, match=reason) as refused:
        PseudonymKey.from_text(text, "here")
    assert "asccld key new" in refused.value.remedy
    if len(text) > 40:
        assert text.strip("# ")[:40] not in told(refused.value)


@given(secret=st.binary(max_size=31))
def test_no_key_below_256_bits_is_taken(secret: bytes) -> None:
    with pytest.raises(KeyRefused, match="too short"):
        PseudonymKey(secret)


def test_a_new_key_is_random_and_strong() -> None:
    keys = [PseudonymKey.generate() for _ in range(200)]
    assert len({key.id for key in keys}) == 200
    assert {len(key._secret) for key in keys} == {32}


def test_a_key_comes_back_from_its_file_and_no_file_is_overwritten(tmp_path: Path) -> None:
    key = PseudonymKey.generate()
    path = key.save(tmp_path / "key.txt")
    assert PseudonymKey.from_file(path) == key
    assert key.id in path.read_text(encoding="ascii").splitlines()[0]
    with pytest.raises(KeyRefused, match="There is a file of that name"):
        PseudonymKey.generate().save(path)
    assert PseudonymKey.from_file(path) == key


def test_only_the_owner_may_read_a_key_file(tmp_path: Path) -> None:
    path = PseudonymKey.generate().save(tmp_path / "key.txt")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("written", [f"\ufeff{SECRET}\r\n", f"\n  {SECRET.upper()}  \n\n", f"# our key\n{SECRET}"])
def test_an_editor_may_have_touched_the_file(written: str, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_bytes(written.encode("utf-8"))
    assert PseudonymKey.from_file(tmp_path / "key.txt") == PseudonymKey.from_text(SECRET)


def test_the_environment_holds_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, SECRET)
    assert PseudonymKey.from_environment() == PseudonymKey.from_text(SECRET)
    assert PseudonymKey.from_environment("OTHER", {"OTHER": SECRET}).id == PseudonymKey.from_text(SECRET).id
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, " ")
    with pytest.raises(KeyRefused, match="no key in the environment"):
        PseudonymKey.from_environment()


def test_a_file_that_is_not_there_or_is_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="The key cannot be read"):
        PseudonymKey.from_file(tmp_path / "none.txt")
    with pytest.raises(KeyRefused, match="The key cannot be written"):
        PseudonymKey.generate().save(tmp_path / "none" / "key.txt")
    (tmp_path / "picture.png").write_bytes(bytes(range(256)))
    with pytest.raises(KeyRefused):
        PseudonymKey.from_file(tmp_path / "picture.png")


def test_a_key_that_lies_with_the_data_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (store / "keys").mkdir(parents=True)
    inside, outside = store / "keys" / "key.txt", tmp_path / "key.txt"
    key = PseudonymKey.generate()
    with pytest.raises(KeyRefused, match="lies with the data"):
        key.save(inside, apart_from=store)
    assert not inside.exists()
    key.save(inside)
    with pytest.raises(KeyRefused, match="lies with the data"):
        PseudonymKey.from_file(store / ".." / "store" / "keys" / "key.txt", apart_from=store)
    key.save(outside, apart_from=store)
    assert PseudonymKey.from_file(outside, apart_from=store) == key


def test_another_key_than_the_recorded_one_is_noticed() -> None:
    key, other = PseudonymKey.generate(), PseudonymKey.generate()
    key.require(key.id)
    key.require(None)  # a store that has no pseudonyms yet
    with pytest.raises(KeyRefused, match=f"made with key {key.id}, and this is key {other.id}"):
        other.require(key.id, "store")


def test_the_id_says_nothing_about_the_key() -> None:
    key = PseudonymKey.from_text(SECRET)
    assert len(key.id) == 12
    assert key.id not in SECRET
    nearly = PseudonymKey.from_text(SECRET[:-1] + "f")
    assert sum(a == b for a, b in zip(key.id, nearly.id, strict=True)) < 6


def test_nothing_shows_a_key(caplog: pytest.LogCaptureFixture) -> None:
    key = PseudonymKey.from_text(SECRET)
    shown = [repr(key), str(key), f"{key}", f"{key!r:>40}", repr([key]), repr({"key": key}), repr(vars(type(key)))]
    logging.getLogger("test").warning("collected with %s and %r", key, key)
    shown.append(caplog.text)
    secret = bytes.fromhex(SECRET)
    for text in shown:
        assert SECRET[:16] not in text.lower()
        assert repr(secret)[2:12] not in text
    assert not hasattr(key, "__dict__")


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_is_not_written_down_with_other_objects(write: object) -> None:
    assert callable(write)
    with pytest.raises(TypeError, match="not pickled or copied"):
        write(PseudonymKey.generate())


def test_a_refused_key_is_an_error_that_the_command_line_shows_in_one_line() -> None:
    with pytest.raises(AsccldError) as refused:
        PseudonymKey.from_text("", "ASCCLD_KEY")
    assert "\n" not in str(refused.value)
    assert "(ASCCLD_KEY)" in str(refused.value)
