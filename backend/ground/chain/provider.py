"""web3.py's providers for our nodes: one node over HTTP, and a `Web3` whose questions go through whatever stands between.

Imported at the first question to a node, never before (docs/adr/0013).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import urllib3
from web3 import Web3
from web3.providers.base import BaseProvider, JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from backend.ground.chain.bounded import POOLS, NoEnd
from backend.ground.chain.errors import AnswerWithoutEnd, NodeNotAnswering

#: Connections to one node that are kept open; more are opened when more threads ask at once.
_KEPT_CONNECTIONS = 32
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}


class PooledProvider(JSONBaseProvider):
    """One node's JSON-RPC, over one pool of connections for all threads; what it answers is given as it is, refusals too."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        super().__init__()
        self._url = url
        # No retries and no other address below us: the outbox decides what is sent again, and to whom.
        self._pool = urllib3.PoolManager(maxsize=_KEPT_CONNECTIONS, timeout=timeout_seconds, retries=False, headers=_HEADERS | _login(url))
        self._pool.pool_classes_by_scheme = POOLS

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The node's answer. Raises: NodeNotAnswering, also when the answer is no JSON-RPC; AnswerWithoutEnd."""
        try:
            # Unpacked by nobody: a few packed bytes could unpack to more than the memory holds.
            response = self._pool.request("POST", self._url, body=self.encode_rpc_request(method, params), decode_content=False)
            answer: Any = self.decode_rpc_response(response.data)
        except urllib3.exceptions.HTTPError as error:
            raise (AnswerWithoutEnd if _has_no_end(error) else NodeNotAnswering)(reason=type(error).__name__) from error
        except (ValueError, OSError, RecursionError) as error:
            raise NodeNotAnswering(reason=type(error).__name__) from error
        if not isinstance(answer, dict) or not ("result" in answer or answer.get("error")):
            raise NodeNotAnswering(reason=f"HTTP {response.status}")
        return cast(RPCResponse, answer)


def _has_no_end(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, NoEnd):
        error = error.__cause__ or error.__context__
    return error is not None


class AskingProvider(BaseProvider):
    """Asks as a `Node` does, so that failover, agreement and errors are the same whether web3.py asks or we do."""

    # A contract, or a node that lies, could else have the service fetch addresses of its choice (EIP-3668).
    global_ccip_read_enabled = False

    def __init__(self, ask: Callable[..., object]) -> None:
        super().__init__()
        self._ask = ask

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The node's result. Raises: NodeNotAnswering, NodeRefused."""
        # Read by `answers.read_answer` before: web3.py passes on what is no hex text as it is, and stumbles over fields that nobody uses.
        return {"jsonrpc": "2.0", "id": 0, "result": self._ask(method, *params)}


def open_web3(ask: Callable[..., object]) -> Web3:
    """web3.py over `Node.ask`. No names are looked up and nothing is added to a call."""
    return _web3(AskingProvider(ask))


@functools.cache
def without_node() -> Web3:
    """web3.py for what needs no node: contracts' interfaces and the codec."""
    return _web3(BaseProvider())


def _web3(provider: BaseProvider) -> Web3:
    w3 = Web3(provider, middleware=[])
    w3.ens = None
    return w3


def _login(url: str) -> dict[str, str]:
    """The header for a name and password that are in the address."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    return urllib3.make_headers(basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}")
