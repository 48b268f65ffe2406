"""The issuer over HTTP: who may ask, bodies within bounds, routes, errors."""
