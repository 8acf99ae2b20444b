"""Pulls Suoja hotlines' lists into threatexchange and HMA: `threatexchange config extensions add suoja_threatexchange`.

Beside what the built-in clients do, each collaboration has an address of its own, so that several hotlines and the
services they are modelled on can be pulled side by side, and what was withdrawn is deleted.
"""

from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest

from .lines import SuojaAPI
from .ncmec import SuojaNCMECAPI
from .stopncii import SuojaStopNCIIAPI

TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(SuojaAPI, SuojaStopNCIIAPI, SuojaNCMECAPI))
