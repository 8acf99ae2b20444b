"""Which hotline a collaboration pulls from, and the key for it."""

import typing as t
from dataclasses import dataclass, field

from threatexchange.exchanges import auth
from threatexchange.exchanges.collab_config import CollaborationConfigWithDefaults
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal


@dataclass
class _Address:
    address: str = field(metadata={"help": "the hotline's address, such as https://report.example.org"})


@dataclass
class HotlineConfig(CollaborationConfigWithDefaults, _Address):
    """A collaboration with one hotline."""

    def base(self, path: str = "") -> str:
        """An address at the hotline."""
        return self.address.rstrip("/") + path


@dataclass
class Keys(auth.CredentialHelper):
    """The keys of all hotlines, by address: `ADDRESS KEY`, one a line in the file, with commas between in the variable."""

    ENV_VARIABLE: t.ClassVar[str] = "TX_SUOJA_KEYS"
    FILE_NAME: t.ClassVar[str] = "~/.tx_suoja_keys"

    by_address: t.Dict[str, str]

    @classmethod
    def _from_str(cls, s: str) -> "Keys":
        lines = [line.split() for line in s.replace(",", "\n").splitlines() if line.strip()]
        return cls({address.rstrip("/"): key for address, key in lines})

    def _are_valid(self) -> bool:
        return bool(self.by_address)

    def of(self, collab: HotlineConfig) -> str:
        """The key for a collaboration's hotline."""
        key = self.by_address.get(collab.base())
        if key is None:
            raise ValueError(f"no key for {collab.base()}: add it to {self.ENV_VARIABLE} or {self.FILE_NAME}")
        return key


def signal_names() -> t.Dict[t.Tuple[str, str], str]:
    """Our names of medium and algorithm, and what threatexchange calls the same."""
    names = {
        ("picture", "pdq"): PdqSignal.get_name(),
        ("video", "md5"): VideoMD5Signal.get_name(),
        ("video", "sha256"): "video_sha256",
    }
    names["video", "vpdq"] = vpdq_name()
    return names


def vpdq_name() -> str:
    """What threatexchange's extension for videos calls its signals; it is an extra and need not be installed."""
    try:
        from threatexchange.extensions.vpdq.vpdq import VPDQSignal
    except ImportError:
        return "vpdq"
    return VPDQSignal.get_name()
