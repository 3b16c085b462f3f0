"""What can be set, in groups: each a part of the settings, handed down to what it is about."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr

MEBIBYTE = 1 << 20


# A scheme and a host, as browsers send them; never `*`, for any page could then use a server without keys.
Origin = Annotated[str, Field(pattern=r"^https?://[^/*\s]+$")]


class Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(Group):
    url: str | None = Field(
        default=None,
        description="`postgresql://user:password@host/name`; without it SQLite in the data folder.",
    )


class BlobSettings(Group):
    url: str | None = Field(
        default=None,
        description="`s3://bucket/prefix` for copied originals and thumbnails; without it a folder "
        "in the data folder. "
        "Credentials come from the usual AWS variables.",
    )


class SourceSettings(Group):
    url: str | None = Field(
        default=None,
        description="A folder, or `s3://bucket/prefix`, from which clients have pictures indexed by their "
        "keys (`s3_key`). It is only read. Credentials come from the usual AWS variables.",
    )


class EngineSettings(Group):
    url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="`http://host:8000`, where `kith engine serve` runs: the networks are used there and no "
        "longer here. While it is away, what needs them waits or fails; nothing is done here in its place.",
    )
    key: SecretStr | None = Field(default=None, description="The API key that the engine there asks for.")
    connections: int = Field(
        default=4, ge=1, le=256, description="Batches of pictures at work at the engine there at once."
    )  # fmt: skip
    pack: str | None = Field(
        default=None,
        description="The pack to use, above the library's own choice. It must be installed.",
    )
    threads: int = Field(default=0, ge=0, le=512, description="Threads per network; 0 takes every core.")
    providers: tuple[str, ...] = Field(
        default=("CPUExecutionProvider",), description="ONNX Runtime execution providers, in order."
    )
    max_side_px: int = Field(
        default=2560, ge=320, le=20_000,
        description="Pictures are decoded at most this wide and high for analysis; smaller is faster, "
        "larger finds smaller faces in large pictures.",
    )  # fmt: skip

    @property
    def slots(self) -> int:
        """How many calls of networks may run at once; those here take all cores each."""
        return self.connections if self.url is not None else 1


class IndexSettings(Group):
    device: Literal["cpu", "cuda"] = Field(
        default="cpu",
        description="`cuda` keeps the index in the process, on PostgreSQL too, and scans it on a GPU: the "
        "answers of an exact scan, for ten million faces in milliseconds. Needs `kith[gpu]`.",
    )


class LimitSettings(Group):
    upload_bytes: int = Field(
        default=50 * MEBIBYTE, ge=1024, description="The largest body an HTTP request may have."
    )
    file_bytes: int = Field(default=500 * MEBIBYTE, ge=1024, description="The largest file an import reads.")
    pixels: int = Field(
        default=200_000_000, ge=1_000_000, description="The most pixels (width x height) a picture may have."
    )
    side_px: int = Field(default=40_000, ge=1000, description="The widest or highest a picture may be.")
    frames: int = Field(default=10_000, ge=1, description="The most frames or pages a picture file may have.")
    concurrent_images: int = Field(
        default=4, ge=1, le=1024, description="Pictures of HTTP requests in work at once."
    )
    waiting_images: int = Field(
        default=64, ge=0, description="Pictures of HTTP requests that may wait; more are refused as busy."
    )


class IdentitySettings(Group):
    """Thresholds are similarities, which mean the same false-accept rate with every pack."""

    auto: float = Field(
        default=0.8, ge=0, le=1, description="From here on a face is given to a known person."
    )
    suggest: float = Field(default=0.6, ge=0, le=1, description="From here on a known person is suggested.")
    strangers: float = Field(
        default=0.05, gt=0, le=10,
        description="How many strangers a face may expect among its neighbours in grouping. How alike "
        "neighbours must be follows from it, from the number of faces and from the pack's calibration.",
    )  # fmt: skip
    group_size: int = Field(
        default=2, ge=2, le=100, description="Neighbours, itself counted, that make a face start a group."
    )
    cohesion: float = Field(
        default=0.5, ge=0, le=1,
        description="Two groups become one only if their faces are on average this similar, so that one "
        "picture that resembles two people does not make them one.",
    )  # fmt: skip
    seed_quality: float = Field(
        default=0.5, ge=0, le=1,
        description="Faces of lower quality may join a person but never start one. The packs are calibrated "
        "on faces of at least 0.5.",
    )  # fmt: skip
    poor: float = Field(
        default=0.85, ge=0, le=1, description="From here on a face of lower quality may join a person."
    )
    neighbours: int = Field(
        default=10, ge=1, le=200, description="How many of the nearest known faces vote on a new one."
    )


class WorkerSettings(Group):
    embedded: bool = Field(
        default=True, description="Whether `kith serve` also works on jobs; else run `kith worker`."
    )
    batch: int = Field(default=16, ge=1, le=1024, description="Photos analysed together.")
    lease_seconds: int = Field(
        default=300, ge=5, description="After this long without a sign of life another worker takes a job."
    )
    attempts: int = Field(
        default=5, ge=1, description="How often a job that fails for a passing reason is tried."
    )
    deaths: int = Field(
        default=20,
        ge=1,
        description="How many workers may die, or be killed, with a job in hand before it is given up.",
    )
    poll_seconds: float = Field(default=1.0, gt=0, description="How often an idle worker looks for jobs.")


class FetchSettings(Group):
    allowed_private: tuple[str, ...] = Field(
        default=(),
        description="Hosts and networks that pictures are fetched from and webhooks sent to although they "
        "are not on the public internet.",
    )
    seconds: float = Field(
        default=30,
        gt=0,
        le=600,
        description="How long fetching one picture may take, from the first step on.",
    )


class BatchSettings(Group):
    keep_days: int = Field(
        default=30, ge=1, le=36_500, description="How long batches that have ended are kept; photos stay."
    )


class IngestSettings(Group):
    stream: str = Field(
        default="face:ingest", min_length=1, max_length=200,
        description="The stream in Redis that single pictures come through, if `KITH_REDIS__URL` is set; "
        "what cannot be indexed goes to `<stream>:dlq`.",
    )  # fmt: skip
    group: str = Field(
        default="pipeline", min_length=1, max_length=200, description="The consumer group that Kith reads as."
    )
    claim_seconds: float = Field(
        default=120, ge=0.1, le=86_400,
        description="After this long without a sign of life of one consumer another takes over its work.",
    )  # fmt: skip
    keep_days: int = Field(
        default=30, ge=2, le=36_500, description="How long it is kept what came in; photos stay."
    )


class WebhookSettings(Group):
    key: SecretStr | None = Field(
        default=None, min_length=16,
        description="Encrypts the secrets of webhooks in the database; every process needs the same one. "
        "At least 16 characters.",
    )  # fmt: skip
    keep_days: int = Field(
        default=30, ge=1, le=36_500, description="How long deliveries that came to their end are kept."
    )


class TrashSettings(Group):
    days: int = Field(
        default=30, ge=0, le=36_500,
        description="How long photos stay in the trash before they are erased; 0 keeps them there.",
    )  # fmt: skip


class AuditSettings(Group):
    keep_days: int = Field(
        default=365, ge=1, le=36_500, description="How long entries of the audit log are kept."
    )


class ServerSettings(Group):
    host: str = Field(
        default="127.0.0.1",
        description="The address to listen on. Any but loopback is refused while there is no API key.",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="Addresses or networks of proxies whose `X-Forwarded-For` is believed."
    )
    origins: tuple[Origin, ...] = Field(
        default=(),
        description="Origins, `https://shop.example`, whose pages may call Kith from browsers. They may do "
        "whatever the keys they show may do, and all while there is no key.",
    )


class RateSettings(Group):
    """Requests a minute, for each key and for each client address."""

    search: int | None = Field(default=None, ge=1, le=1_000_000, description="Searches and recognitions.")
    index: int | None = Field(default=None, ge=1, le=1_000_000, description="Pictures handed in.")
    other: int | None = Field(default=None, ge=1, le=1_000_000, description="All other requests.")


class RedisSettings(Group):
    url: str | None = Field(
        default=None,
        description="`redis://host:6379/0`: requests are counted there, for all processes together; without "
        "it each process counts its own. `rediss://` for TLS.",
    )


class AuthSettings(Group):
    api_key: SecretStr | None = Field(
        default=None, min_length=16,
        description="A key with the scope admin of the default tenant. At least 16 characters.",
    )  # fmt: skip


class PlaceSettings(Group):
    enabled: bool = Field(default=True, description="Whether this surface answers at all.")
    port: int | None = Field(
        default=None, ge=1, le=65535,
        description="A port on which it alone answers, at the root, beside the one all share.",
    )  # fmt: skip


class CoreSettings(PlaceSettings):
    delete_empty_persons: bool = Field(
        default=False, description="Whether deleting a person's last face deletes the person."
    )


class SessionsSettings(PlaceSettings):
    batch: int = Field(default=1000, ge=1, description="The most photos one call may have indexed.")
    index_per_minute: int = Field(
        default=100, ge=1, description="How many calls that index or delete one address may make a minute."
    )
    searches_per_minute: int = Field(
        default=1000, ge=1, description="How many other calls one address may make a minute."
    )


class GalleriesSettings(PlaceSettings):
    pass


class VectorsSettings(PlaceSettings):
    batch: int = Field(
        default=100, ge=1, le=10_000, description="The most pictures one call may have indexed."
    )
    image_bytes: int = Field(default=10 * MEBIBYTE, ge=1024, description="The largest picture one may send.")
    query_hours: int = Field(
        default=24, ge=1, le=24 * 365, description="How long pictures are kept that were only searched by."
    )
    crawled_days: int = Field(
        default=90, ge=1, le=36_500, description="How long photos are kept that were seen on a site."
    )
    verify: float = Field(
        default=0.78, ge=0, le=1,
        description="From this similarity on a probe is the identity it is said to be.",
    )  # fmt: skip
    per_second: float = Field(
        default=10, ge=0.001, le=1_000_000,
        description="How many requests a second one tenant may go on sending to part A.",
    )  # fmt: skip
    burst: int = Field(
        default=50, ge=1, le=1_000_000, description="How many of those may come at once."
    )  # fmt: skip
    per_minute: int | None = Field(
        default=None, ge=1, le=1_000_000, description="And how many of them a minute."
    )
    per_hour: int | None = Field(
        default=None, ge=1, le=1_000_000_000, description="And how many of them an hour."
    )


class GuestSettings(Group):
    similarity: float = Field(
        default=0.6, ge=0, le=1, description="From here on a guest's selfie and a face are the same person."
    )
    requests_per_minute: int = Field(
        default=1000, ge=1,
        description="How often one address may ask as a guest a minute; photos of a page are not counted.",
    )  # fmt: skip
    passwords_per_minute: int = Field(
        default=20, ge=1, description="How many passwords of links one address may try a minute."
    )


class SurfaceSettings(Group):
    core: CoreSettings = Field(default=CoreSettings(), description="The core surface.")
    sessions: SessionsSettings = Field(default=SessionsSettings(), description="The sessions surface.")
    galleries: GalleriesSettings = Field(default=GalleriesSettings(), description="The galleries surface.")
    vectors: VectorsSettings = Field(default=VectorsSettings(), description="The vectors surface.")
    guests: GuestSettings = Field(default=GuestSettings(), description="Guests of shared galleries.")

    @property
    def enabled(self) -> dict[str, PlaceSettings]:
        """The surfaces that speak other systems' languages and answer, by name."""
        places: dict[str, PlaceSettings] = {
            "core": self.core, "sessions": self.sessions,
            "galleries": self.galleries, "vectors": self.vectors,
        }  # fmt: skip
        return {name: place for name, place in places.items() if place.enabled}

    @property
    def ports(self) -> dict[str, int]:
        """The ports of surfaces that have one of their own, by name."""
        return {name: place.port for name, place in self.enabled.items() if place.port is not None}


class LogSettings(Group):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least severe event that is logged."
    )
    style: Literal["console", "json"] = Field(
        default="console", description="How logs are written: for people or for machines."
    )
