"""Shops: the HTTP contract of docs/reference/shop-contract.md, spoken by `HttpShop`."""
