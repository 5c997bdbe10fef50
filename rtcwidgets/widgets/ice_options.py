"""Which ICE servers page and kernel may use: an option of every widget that connects."""

from __future__ import annotations

from typing import Any

import traitlets
from traitlets import Dict, List

from rtcwidgets.transport.ice import checked_servers

__all__ = ["IceOptions"]


class IceOptions(traitlets.HasTraits):
    """The option ``ice_servers``, checked where it is given."""

    ice_servers = List(
        Dict(),
        help='RTCIceServer dictionaries, {"urls": ..., "username": ..., "credential": ...} (W3C WebRTC, 4.2.4). '
        "Default none: nothing is asked of third parties. Never saved into the notebook.",
    )

    @traitlets.validate("ice_servers")
    def _check_ice_servers(self, proposal: Any) -> list[dict[str, Any]]:
        try:
            return checked_servers(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(f"ice_servers: {error}") from None
