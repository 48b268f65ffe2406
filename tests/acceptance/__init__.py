"""A package, so that its running stack ends with its last test and uses no processor while others run."""
