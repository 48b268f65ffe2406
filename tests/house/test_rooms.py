"""What import-linter cannot say: a room's store is opened by that room alone."""

from __future__ import annotations

import grimp


def test_no_room_opens_another_rooms_store() -> None:
    graph = grimp.build_graph("backend")
    stores = [module for module in graph.modules if module.endswith(".store")]
    assert stores, "no room has a store: the graph was not built"
    trespasses = [
        f"{importer} opens {store}"
        for store in stores
        for importer in graph.find_modules_that_directly_import(store)
        if importer.rsplit(".", 1)[0] != store.rsplit(".", 1)[0]
    ]
    assert trespasses == []
