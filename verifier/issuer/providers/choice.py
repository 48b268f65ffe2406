"""Which providers an issuer works with: named in the settings, checked at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from verifier.face.plug_in import NotPluggable, plugged_in
from verifier.issuer.providers.protocol import IdentityProvider, ProviderName, ProviderNotUsable
from verifier.issuer.providers.sandbox import Sandbox

_NAMES: tuple[ProviderName, ...] = get_args(ProviderName)


def way_of(provider: IdentityProvider) -> str:
    """The name of the provider's way (protocol §15): a sandbox's is another than the service's, and so is its address."""
    return provider.name + ("/sandbox" if provider.sandbox else "")


def choose(settings: Sequence[str], *, production: bool) -> Mapping[str, IdentityProvider]:
    """Providers by way, from `name=sandbox` or `name=package.module:Name`. Raises: ProviderNotUsable."""
    chosen: dict[str, IdentityProvider] = {}
    for setting in settings:
        provider = _make(setting)
        if production and provider.sandbox:
            raise ProviderNotUsable(f"{setting}: a sandbox checks nobody, and PRODUCTION is set; name the service itself, or leave it out")
        if way_of(provider) in chosen:
            raise ProviderNotUsable(f"{setting}: the provider is named twice")
        chosen[way_of(provider)] = provider
    return chosen


def _make(setting: str) -> IdentityProvider:
    given, _, path = setting.partition("=")
    name = next((each for each in _NAMES if each == given), None)
    if name is None or not path:
        raise ProviderNotUsable(f"{setting}: write one of {', '.join(_NAMES)}, then =sandbox or =package.module:Name")
    if path == "sandbox":
        return Sandbox(name)
    try:
        provider: IdentityProvider = plugged_in(path)
    except NotPluggable as error:
        raise ProviderNotUsable(f"{setting}: {error}") from error
    missing = [part for part in ("name", "sandbox", "fields", "begin", "finish") if not hasattr(provider, part)]
    if missing or provider.name != name:
        raise ProviderNotUsable(f"{setting}: it is no provider of {name}" + (f", without {', '.join(missing)}" if missing else ""))
    return provider
