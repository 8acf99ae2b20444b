"""NCMEC's form at a hotline's address, in the hours of the hotline."""

import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone

from threatexchange.exchanges.clients.ncmec import hash_api as api
from threatexchange.exchanges.impl.ncmec_api import NCMECSignalExchangeAPI

from .hotline import HotlineConfig, Keys

_API_NAME = "suoja_ncmec"


@dataclass
class SuojaNCMECConfig(HotlineConfig):
    """A collaboration that pulls a hotline's list in NCMEC's form."""

    api: str = field(init=False, default=_API_NAME)
    only_esp_ids: t.Set[int] = field(
        default_factory=set,
        metadata={"help": "Only take these collections: 1 self-reported and unreviewed, 2 assessed"},
    )


class _Client(api.NCMECHashAPI):
    """At an address that is not one of NCMEC's own."""

    def __init__(self, key: str, base: str) -> None:
        super().__init__("suoja", key, api.NCMECEnvironment.test_NGO)
        self._base_url = base

    def _get(self, endpoint: api.NCMECEndpoint, **params: t.Any) -> t.Any:
        # The built-in client writes local time as if it were UTC.
        for name in ("from", "to"):
            if name in params:
                local = datetime.strptime(params[name], api._DATE_FORMAT_STR).astimezone()
                params[name] = local.astimezone(timezone.utc).strftime(api._DATE_FORMAT_STR)
        return super()._get(endpoint, **params)


class SuojaNCMECAPI(NCMECSignalExchangeAPI):
    """The built-in one, at a collaboration's own address."""

    @classmethod
    def for_collab(cls, collab: SuojaNCMECConfig, credentials: t.Optional[Keys] = None) -> "SuojaNCMECAPI":
        return cls(collab, "suoja", (credentials or Keys.get(cls)).of(collab))

    @classmethod
    def get_name(cls) -> str:
        return _API_NAME

    @staticmethod
    def get_config_cls() -> t.Type[SuojaNCMECConfig]:
        return SuojaNCMECConfig

    @staticmethod
    def get_credential_cls() -> t.Type[Keys]:
        return Keys

    def fetch_iter(self, supported: t.Any, checkpoint: t.Any) -> t.Any:
        # The built-in one asks its collaboration which of NCMEC's databases is meant.
        self.collab.environment = None  # type: ignore[attr-defined]
        return super().fetch_iter(supported, checkpoint)

    def get_client(self, environment: t.Any) -> _Client:
        return _Client(self._password, self.collab.base("/exchange/ncmec"))
