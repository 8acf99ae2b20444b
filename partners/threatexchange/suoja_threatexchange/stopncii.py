"""StopNCII's form at a hotline's address, with withdrawals as they are meant."""

import typing as t
from dataclasses import dataclass, field

from threatexchange.exchanges import fetch_state as state
from threatexchange.exchanges.clients.stopncii import api
from threatexchange.exchanges.impl.stop_ncii_api import (
    StopNCIICheckpoint,
    StopNCIISignalExchangeAPI,
    StopNCIISignalMetadata,
    _get_delta_mapping,
)
from threatexchange.signal_type.signal_base import SignalType

from .hotline import HotlineConfig, Keys, vpdq_name

_API_NAME = "suoja_stopncii"
_GONE = (api.StopNCIICaseStatus.Withdrawn, api.StopNCIICaseStatus.Deleted)
_VPDQ = "VideoVPDQ"


@dataclass
class SuojaStopNCIIConfig(HotlineConfig):
    """A collaboration that pulls a hotline's list in StopNCII's form."""

    api: str = field(init=False, default=_API_NAME)


class _Client(api.StopNCIIAPI):
    """Keeps videos' frames apart, for which the built-in client has no type."""

    videos: t.List[t.Dict[str, t.Any]]

    def _get(self, endpoint: api.StopNCIIEndpoint, **params: t.Any) -> t.Any:
        answer = super()._get(endpoint, **params)
        records = answer.get("hashRecords", [])
        self.videos = [record for record in records if record["signalType"] == _VPDQ]
        return {**answer, "hashRecords": [record for record in records if record["signalType"] != _VPDQ]}


class SuojaStopNCIIAPI(StopNCIISignalExchangeAPI):
    """The built-in one, which looks for withdrawals in the hash instead of in its status, put right."""

    @classmethod
    def for_collab(
        cls, collab: SuojaStopNCIIConfig, credentials: t.Optional[Keys] = None
    ) -> "SuojaStopNCIIAPI":
        key = (credentials or Keys.get(cls)).of(collab)
        return cls(collab, _Client(key, key, base_url_override=collab.base("/exchange/stopncii/v1")))

    @classmethod
    def get_name(cls) -> str:
        return _API_NAME

    @staticmethod
    def get_config_cls() -> t.Type[SuojaStopNCIIConfig]:
        return SuojaStopNCIIConfig

    @staticmethod
    def get_credential_cls() -> t.Type[Keys]:
        return Keys

    def fetch_iter(
        self, _supported: t.Sequence[t.Type[SignalType]], checkpoint: t.Optional[StopNCIICheckpoint]
    ) -> t.Iterator[state.FetchDelta[t.Tuple[str, str], StopNCIISignalMetadata, StopNCIICheckpoint]]:
        start = checkpoint.update_time if checkpoint else api.StopNCIIAPI.DEFAULT_START_TIME
        for answer in self.api.fetch_hashes_iter(start_timestamp=start):
            changes: t.Dict[t.Tuple[str, str], t.Optional[StopNCIISignalMetadata]] = {}
            for record in answer.hashRecords:
                key, metadata = _get_delta_mapping(record)
                if key[0]:
                    changes[key] = None if record.hashStatus in _GONE else metadata
            gone = {status.value for status in _GONE}
            for video in self.api.videos:
                key = (vpdq_name(), video["hashValue"])
                changes[key] = None if video["hashStatus"] in gone else StopNCIISignalMetadata([])
            yield state.FetchDelta(changes, StopNCIICheckpoint.from_stopncii_fetch(answer))
