"""All settings: environment variables `KITH_…`, groups nested with `__` (KITH_SERVER__PORT=8080).

docs/settings.md lists every one; a test holds it to that. Nothing reads settings at import time.
"""

import os
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kith.setting_groups import (
    AuditSettings,
    AuthSettings,
    BatchSettings,
    BlobSettings,
    DatabaseSettings,
    EngineSettings,
    FetchSettings,
    IdentitySettings,
    IndexSettings,
    IngestSettings,
    LimitSettings,
    LogSettings,
    RateSettings,
    RedisSettings,
    ServerSettings,
    SourceSettings,
    SurfaceSettings,
    TrashSettings,
    WebhookSettings,
    WorkerSettings,
)


class Settings(BaseSettings):
    """Everything that can be set; made once at the edge and handed down."""

    model_config = SettingsConfigDict(
        env_prefix="KITH_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # a refused value may be a secret
    )

    data: Path = Field(
        default=Path("kith-data"),
        description="The data folder: database, copied originals, packs and index. `--data` sets it too.",
    )
    database: DatabaseSettings = DatabaseSettings()
    blobs: BlobSettings = BlobSettings()
    sources: SourceSettings = SourceSettings()
    engine: EngineSettings = EngineSettings()
    index: IndexSettings = IndexSettings()
    limits: LimitSettings = LimitSettings()
    identity: IdentitySettings = IdentitySettings()
    worker: WorkerSettings = WorkerSettings()
    fetch: FetchSettings = FetchSettings()
    batches: BatchSettings = BatchSettings()
    ingest: IngestSettings = IngestSettings()
    webhooks: WebhookSettings = WebhookSettings()
    trash: TrashSettings = TrashSettings()
    audit: AuditSettings = AuditSettings()
    server: ServerSettings = ServerSettings()
    auth: AuthSettings = AuthSettings()
    rates: RateSettings = RateSettings()
    redis: RedisSettings = RedisSettings()
    surfaces: SurfaceSettings = SurfaceSettings()
    logs: LogSettings = LogSettings()

    @property
    def database_url(self) -> str:
        """The database that is set, else SQLite in the data folder."""
        return self.database.url or f"sqlite:///{self.data / 'kith.db'}"

    @property
    def packs_folder(self) -> Path:
        return self.data / "packs"

    @property
    def uploads_folder(self) -> Path:
        return self.data / "uploads"

    @property
    def index_folder(self) -> Path:
        return self.data / "index"

    @property
    def locks_folder(self) -> Path:
        return self.data / "locks"


def revealed(secret: SecretStr | None) -> str | None:
    """A secret in the clear, where there is one."""
    return secret.get_secret_value() if secret is not None else None


def unknown_variables(settings: type[Settings] = Settings) -> list[str]:
    """Environment variables that begin like a setting but name none: a typing error, most likely."""
    known = {"KITH_TEST_SHARED", *(name for name, _ in variables(settings))}
    return sorted(name for name in os.environ if name.startswith("KITH_") and name.upper() not in known)


def variables(group: type[BaseModel], prefix: str = "KITH_") -> list[tuple[str, str]]:
    """Every setting as (environment variable, description), groups unfolded."""
    found: list[tuple[str, str]] = []
    for name, field in group.model_fields.items():
        variable = f"{prefix}{name}".upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += variables(field.annotation, f"{variable}__")
        else:
            found.append((variable, field.description or ""))
    return found
