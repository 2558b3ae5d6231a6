"""The demo shop: a small card shop with a process and database of its own, reached only through the shop contract."""
