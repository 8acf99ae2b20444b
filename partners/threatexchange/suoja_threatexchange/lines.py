"""The list in Suoja's own form: one line a fingerprint, what changed since a place that the server names."""

import json
import time
import typing as t
from dataclasses import dataclass, field

import requests
from threatexchange.exchanges import auth, fetch_state as state, signal_exchange_api
from threatexchange.signal_type.signal_base import SignalType

from .hotline import HotlineConfig, Keys, signal_names

_API_NAME = "suoja"
_LINES_AT_ONCE = 10_000
_OPINIONS = {
    state.SignalOpinionCategory.INVESTIGATION_SEED: "seen",
    state.SignalOpinionCategory.POSITIVE_CLASS: "blocked",
    state.SignalOpinionCategory.NEGATIVE_CLASS: "not_a_match",
}
# The hotline remembers what left the list for 90 days.
_STALE_AFTER = 80 * 24 * 3600


@dataclass
class SuojaConfig(HotlineConfig):
    """A collaboration that pulls a hotline's list."""

    api: str = field(init=False, default=_API_NAME)


@dataclass
class Place(state.FetchCheckpointBase):
    """Where to go on, as the server's `Link` said; of an answer that is still being read, where that began."""

    path: str
    fetched_at: int

    def is_stale(self) -> bool:
        return time.time() - self.fetched_at > _STALE_AFTER

    def get_progress_timestamp(self) -> t.Optional[int]:
        return self.fetched_at


@dataclass
class Fingerprint:
    """A line of the list."""

    signal_type: str
    signal: str
    collection: str


@dataclass
class Collections(state.FetchedSignalMetadata):
    """In which of the hotline's collections a fingerprint is."""

    names: t.Set[str]

    def get_as_opinions(self) -> t.Sequence[state.SignalOpinion]:
        # Nobody has looked at what people report as their own; the platform must.
        assessed = "assessed" in self.names
        seed, positive = state.SignalOpinionCategory.INVESTIGATION_SEED, state.SignalOpinionCategory.POSITIVE_CLASS
        return [state.SignalOpinion(False, positive if assessed else seed, set(self.names))]


class SuojaAPI(
    auth.SignalExchangeWithAuth[SuojaConfig, Keys],
    signal_exchange_api.SignalExchangeAPI[SuojaConfig, Place, Collections, str, Fingerprint],
):
    """A hotline's list, with withdrawals and videos' frames."""

    def __init__(self, collab: SuojaConfig, key: str) -> None:
        super().__init__()
        self.collab = collab
        self.key = key

    @classmethod
    def for_collab(cls, collab: SuojaConfig, credentials: t.Optional[Keys] = None) -> "SuojaAPI":
        return cls(collab, (credentials or Keys.get(cls)).of(collab))

    @classmethod
    def get_name(cls) -> str:
        return _API_NAME

    @staticmethod
    def get_config_cls() -> t.Type[SuojaConfig]:
        return SuojaConfig

    @staticmethod
    def get_checkpoint_cls() -> t.Type[Place]:
        return Place

    @staticmethod
    def get_record_cls() -> t.Type[Collections]:
        return Collections

    @staticmethod
    def get_credential_cls() -> t.Type[Keys]:
        return Keys

    def fetch_iter(
        self, _supported: t.Sequence[t.Type[SignalType]], checkpoint: t.Optional[Place]
    ) -> t.Iterator[state.FetchDelta[str, Fingerprint, Place]]:
        path = checkpoint.path if checkpoint else "/api/v1/fingerprints"
        headers = {"Authorization": f"Bearer {self.key}"}
        with requests.get(self.collab.base(path), headers=headers, stream=True, timeout=60) as response:
            if response.status_code == 410:
                raise ValueError(f"{self.collab.name} has forgotten this place: run `threatexchange fetch --clear`")
            response.raise_for_status()
            after, here = response.links["next"]["url"], Place(path, int(time.time()))
            names, changes = signal_names(), {}
            for line in response.iter_lines():
                key, fingerprint = _read(json.loads(line), names)
                changes[key] = fingerprint
                if len(changes) >= _LINES_AT_ONCE:
                    # Until all of it is read, this answer would be asked for again: the same line twice does no harm.
                    yield state.FetchDelta(changes, here)
                    changes = {}
            yield state.FetchDelta(changes, Place(after, int(time.time())))

    def report_opinion(self, s_type: t.Type[SignalType], signal: str, opinion: state.SignalOpinion) -> None:
        """Says what became of a fingerprint: it reaches the hotline's analysts at once."""
        algorithms = {name: algorithm for (_, algorithm), name in signal_names().items()}
        algorithm, said = algorithms.get(s_type.get_name()), _OPINIONS.get(opinion.category)
        # A video's frames are named by their digest, which only the line had.
        if algorithm in (None, "vpdq") or said is None:
            raise NotImplementedError
        response = requests.post(
            self.collab.base("/api/v1/fingerprints/feedback"),
            headers={"Authorization": f"Bearer {self.key}"},
            json={"feedback": [{"algorithm": algorithm, "value": signal, "opinion": said}]},
            timeout=60,
        )
        response.raise_for_status()

    @classmethod
    def naive_convert_to_signal_type(
        cls, signal_types: t.Sequence[t.Type[SignalType]], collab: SuojaConfig, fetched: t.Mapping[str, Fingerprint]
    ) -> t.Dict[t.Type[SignalType], t.Dict[str, Collections]]:
        known = {signal_type.get_name(): signal_type for signal_type in signal_types}
        found: t.Dict[t.Type[SignalType], t.Dict[str, Collections]] = {}
        for fingerprint in fetched.values():
            signal_type = known.get(fingerprint.signal_type)
            if signal_type:
                of_signal = found.setdefault(signal_type, {}).setdefault(fingerprint.signal, Collections(set()))
                of_signal.names.add(fingerprint.collection)
        return found


def _read(line: t.Dict[str, t.Any], names: t.Dict[t.Tuple[str, str], str]) -> t.Tuple[str, t.Optional[Fingerprint]]:
    """A line's key, and what it says: nothing, if the fingerprint is to be deleted."""
    key = f"{line['collection']} {line['algorithm']} {line['value']}"
    if line["state"] != "listed":
        return key, None
    # A picture's hashes are also of frames of videos and animations.
    medium = "picture" if line["algorithm"] == "pdq" else line["medium"]
    name = names.get((medium, line["algorithm"]), line["algorithm"])
    signal = json.dumps(line["frames"]) if "frames" in line else line["value"]
    return key, Fingerprint(name, signal, line["collection"])
