"""Settings come from the environment, say no to nonsense, and give no secret away."""

import os
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from kith.setting_groups import ServerSettings
from kith.settings import Settings, unknown_variables, variables


@pytest.fixture(autouse=True)
def _no_settings_of_the_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("KITH_"):
            monkeypatch.delenv(name)


class TestEnvironment:
    def test_without_any_everything_has_a_default(self) -> None:
        settings = Settings()
        assert settings.data == Path("kith-data")
        assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
        assert settings.auth.api_key is None

    def test_groups_are_named_with_two_underscores(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_DATA", "/somewhere")
        monkeypatch.setenv("KITH_SERVER__PORT", "8080")
        monkeypatch.setenv("KITH_SURFACES__CORE__DELETE_EMPTY_PERSONS", "true")
        settings = Settings()
        assert settings.data == Path("/somewhere")
        assert settings.server == ServerSettings(port=8080)
        assert settings.surfaces.core.delete_empty_persons is True

    def test_lists_are_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_ENGINE__PROVIDERS", '["CUDAExecutionProvider", "CPUExecutionProvider"]')
        assert Settings().engine.providers == ("CUDAExecutionProvider", "CPUExecutionProvider")

    def test_what_is_passed_stands_above_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_DATA", "/somewhere")
        assert Settings(data=Path("/elsewhere")).data == Path("/elsewhere")

    def test_other_programs_variables_are_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SERVER__PORT", "1")
        monkeypatch.setenv("DATA", "/somewhere")
        assert Settings() == Settings(data=Path("kith-data"))


class TestValidation:
    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("KITH_SERVER__PORT", "65536"),
            ("KITH_SERVER__PORT", "-1"),
            ("KITH_SERVER__PORT", "http"),
            ("KITH_SERVER__PROT", "8080"),
            ("KITH_IDENTITY__AUTO", "1.01"),
            ("KITH_IDENTITY__AUTO", "nan"),
            ("KITH_WORKER__BATCH", "0"),
            ("KITH_WORKER__POLL_SECONDS", "0"),
            ("KITH_LIMITS__CONCURRENT_IMAGES", "0"),
            ("KITH_LOGS__LEVEL", "LOUD"),
            ("KITH_AUTH__API_KEY", "too-short"),
            ("KITH_AUTH__API_KEY", ""),
            ("KITH_ENGINE__MAX_SIDE_PX", "10"),
        ],
    )
    def test_nonsense_is_refused(self, variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(variable, value)
        with pytest.raises(ValidationError):
            Settings()

    def test_every_default_is_one_that_would_be_accepted(self) -> None:
        Settings.model_validate(Settings().model_dump())

    def test_nothing_changes_afterwards(self) -> None:
        settings = Settings()
        with pytest.raises(ValidationError):
            settings.data = Path("/elsewhere")
        with pytest.raises(ValidationError):
            settings.server.port = 1


class TestSecrets:
    KEY = "a-key-nobody-may-see"

    def test_are_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_AUTH__API_KEY", self.KEY)
        settings = Settings()
        assert settings.auth.api_key == SecretStr(self.KEY)
        assert self.KEY not in repr(settings)
        assert self.KEY not in settings.model_dump_json()

    def test_are_not_told_by_what_refuses_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_AUTH__API_KEY", "nobody-may")
        with pytest.raises(ValidationError) as refused:
            Settings()
        assert "nobody-may" not in str(refused.value)


class TestUnknownVariables:
    def test_names_what_looks_like_a_setting_and_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_SEVER__PORT", "8080")
        monkeypatch.setenv("KITH_SERVER__PORT", "8080")
        monkeypatch.setenv("KITH_DATA", "/somewhere")
        monkeypatch.setenv("KITH_TEST_SHARED", "/somewhere")
        assert unknown_variables() == ["KITH_SEVER__PORT"]


class TestVariables:
    def test_every_setting_says_what_it_is_for(self) -> None:
        assert [name for name, description in variables(Settings) if len(description) < 10] == []

    def test_there_is_one_for_every_field(self) -> None:
        def leaves(it: BaseModel) -> int:
            values = [getattr(it, name) for name in type(it).model_fields]
            return sum(leaves(value) if isinstance(value, BaseModel) else 1 for value in values)

        assert len(variables(Settings)) == leaves(Settings()) > 20
