"""Files that are small and mean harm, against a running service: what each costs at the most, and whether the service lives on."""
