"""A first real case, from an empty folder to the certificate, by the documented commands and pages alone."""
