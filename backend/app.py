"""Wiring: the only file that knows every room."""

from __future__ import annotations

from backend.http_errors import install_error_handlers

__all__ = ["install_error_handlers"]
